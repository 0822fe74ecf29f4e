"""What adoption is about to do, in words, and the files as they will be.

The steps of a plan work on a `Draft`: they read files through it and write to it, so
that two steps may change the same file, and nothing on the disk changes before all of
it has been printed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Change(NamedTuple):
    """One change of one file: what, and why. `path` is relative, with slashes."""

    path: str
    what: str
    why: str


class Kept(NamedTuple):
    """Something of the user's that is left alone although the suite would differ.

    `why` also says how to switch, where one would want to.
    """

    path: str
    what: str
    why: str


class ByHand(NamedTuple):
    """A change that cannot be made safely: why, and the lines to add by hand."""

    path: str
    why: str
    lines: tuple[str, ...]


@dataclass
class Draft:
    """The user's files with the planned changes, none of which is written yet.

    Attributes:
        project: The repository, an absolute path without symbolic links.
        written: The new content of each file that changes, by its relative path.
        before: What each of these held when it was first read; None: no such file.
        changes: What changes, in the order in which it was planned.
        kept: What is left alone, and why.
        by_hand: What is left to the user.
        notes: Lines for the end: what to run next.
    """

    project: Path
    written: dict[str, bytes] = field(default_factory=dict[str, bytes])
    before: dict[str, bytes | None] = field(default_factory=dict[str, "bytes | None"])
    changes: list[Change] = field(default_factory=list[Change])
    kept: list[Kept] = field(default_factory=list[Kept])
    by_hand: list[ByHand] = field(default_factory=list[ByHand])
    notes: list[str] = field(default_factory=list[str])

    def read(self, path: str) -> bytes | None:
        """Return a file's content, planned changes included; None when it is missing.

        Raises:
            OSError: It is there and cannot be read.
        """
        if path in self.written:
            return self.written[path]
        content = content_of(self.project / path)
        self.before.setdefault(path, content)
        return content

    def refusal(self, path: str) -> str | None:
        """Say why a file must not be written, or None when it may be."""
        place = self.project / path
        target = place.resolve()
        reason = None
        if not target.is_relative_to(self.project):
            reason = f"is a symbolic link out of the repository, to {target}"
        elif not target.exists():
            if place.is_symlink():
                reason = f"is a symbolic link to {target}, which does not exist"
        elif not target.is_file():
            reason = "is not a regular file"
        # By its mode too: root may write what its owner has protected.
        elif not target.stat().st_mode & stat.S_IWUSR or not os.access(target, os.W_OK):
            reason = "is read-only"
        elif not os.access(target, os.R_OK):
            reason = "cannot be read"
        return reason

    def change(self, path: str, content: bytes, what: str, why: str) -> None:
        """Plan new content for a file that may be written (see `refusal`)."""
        self.written[path] = content
        self.changes.append(Change(path, what, why))

    def keep(self, path: str, what: str, why: str) -> None:
        """Leave something of the user's alone, and say so."""
        self.kept.append(Kept(path, what, why))

    def leave_to_hand(self, path: str, why: str, *lines: str) -> None:
        """Refuse a change, and say what to add by hand."""
        self.by_hand.append(ByHand(path, why, lines))


def content_of(path: Path) -> bytes | None:
    """Return a file's content; None when it is missing.

    Raises:
        OSError: It is there and cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
