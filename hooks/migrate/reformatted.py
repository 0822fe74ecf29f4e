"""Merges what Copier leaves unmerged where one side has changed the formatting only.

Copier merges line by line, so a formatter of the user's makes a conflict of each line
that it has broken otherwise and that a release changes. Such a conflict has an answer:
what is new in the release, which the formatter then goes over as it goes over all else.
Copier also takes line ends for changes where git has checked a file out with CRLF.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from migrate.formatting import readable, same
from verify import git

MERGED = "{path} is merged: formatting aside, your changes and the new ones fit"
_SIZE = 61  # of the conflict markers here, which no file is likely to hold
_BLOB_STAGES = {"1", "2", "3"}


class Conflict(NamedTuple):
    """Lines that both sides have changed, as either has them and as they were."""

    mine: bytes
    base: bytes
    new: bytes


def settle(project: Path) -> list[str]:
    """Merge the unmerged files of an updated project, where formatting is in the way.

    Returns:
        What was done, each in a sentence; mostly nothing.

    Raises:
        GitError: git does not know what is unmerged, or will not take the result.
    """
    said: list[str] = []
    for path, blobs in _unmerged(project).items():
        if blobs.keys() != _BLOB_STAGES:
            continue
        base, mine, new = (
            git.output(project, "cat-file", "blob", blobs[stage])
            for stage in sorted(blobs)
        )
        result = merged(path, base, mine, new)
        if result is not None:
            _write(project, path, result)
            said.append(MERGED.format(path=path))
    return said


def merged(path: str, base: bytes, mine: bytes, new: bytes) -> bytes | None:
    """Return the new text with the user's changes; None where the two conflict.

    Args:
        path: Its ending says what language the texts are in.
        base: The text that both come from.
        mine: The user's; the result has its line ends.
        new: The template's.
    """
    if mine.count(b"\r\n") * 2 > mine.count(b"\n"):
        plain = (text.replace(b"\r\n", b"\n") for text in (base, mine, new))
        result = merged(path, *plain)
        return None if result is None else result.replace(b"\n", b"\r\n")
    parts = _parts(base, mine, new)
    if not any(isinstance(part, Conflict) for part in parts):
        return _joined(parts)
    if same(path, base, new):
        return mine
    if same(path, base, mine):
        result = _joined(parts, "new")
        return result if same(path, result, new) else new
    return _settled(path, parts)


def _settled(path: str, parts: list[bytes | Conflict]) -> bytes | None:
    """Decide each conflict for the side that has changed more than the formatting."""
    settled = list(parts)
    for at, part in enumerate(parts):
        if not isinstance(part, Conflict):
            continue
        mine, base, new = (
            _joined([*parts[:at], text, *parts[at + 1 :]]) for text in part
        )
        if same(path, mine, base):
            settled[at] = part.new
        elif same(path, new, base):
            settled[at] = part.mine
        else:
            return None
    result = _joined(settled)
    return result if readable(path, result) else None


def _joined(parts: list[bytes | Conflict], side: str = "mine") -> bytes:
    return b"".join(
        getattr(part, side) if isinstance(part, Conflict) else part for part in parts
    )


def _parts(base: bytes, mine: bytes, new: bytes) -> list[bytes | Conflict]:
    """Merge three texts line by line, and return what is merged and what is not."""
    words = ["git", "merge-file", "-p", "--diff3", f"--marker-size={_SIZE}"]
    with tempfile.TemporaryDirectory(prefix="asyncio-tests-") as scratch:
        for name, text in {"mine": mine, "base": base, "new": new}.items():
            Path(scratch, name).write_bytes(text)
        # It exits with the number of conflicts, so not by way of `git.output`.
        finished = subprocess.run(
            [*words, "mine", "base", "new"],
            cwd=scratch,
            capture_output=True,
            timeout=git.LIMIT,
            check=False,
        )
    if finished.returncode < 0 or finished.returncode > 127:  # a count up to 127
        raise git.GitError(finished.stderr.decode("utf-8", "replace").strip())
    return _split(finished.stdout)


def _split(text: bytes) -> list[bytes | Conflict]:
    parts: list[bytes | Conflict] = [b""]
    sides: list[bytes] = []
    for line in text.splitlines(keepends=True):
        mark = line[:1] if line[:_SIZE] == line[:1] * _SIZE else b""
        if mark == b"<":
            sides = [b""]
        elif sides and mark in {b"|", b"="}:
            sides.append(b"")
        elif sides and mark == b">":
            parts += [Conflict(*sides), b""]
            sides = []
        elif sides:
            sides[-1] += line
        else:
            last = parts.pop()
            assert isinstance(last, bytes)
            parts.append(last + line)
    return parts


def _unmerged(project: Path) -> dict[str, dict[str, str]]:
    """Return what git has of each unmerged file: its blobs, by their stages."""
    found: dict[str, dict[str, str]] = {}
    for entry in git.paths(project, "ls-files", "--unmerged", "-z"):
        about, path = entry.split("\t", 1)
        _, blob, stage = about.split()
        found.setdefault(path, {})[stage] = blob
    return found


def _write(project: Path, path: str, text: bytes) -> None:
    """Write a merged file as git would check it out, and leave it unstaged."""
    place = project / path
    place.write_bytes(text)
    git.output(project, "-c", "core.safecrlf=false", "add", "--force", "--", path)
    place.unlink()
    git.output(project, "checkout-index", "--", path)
    git.output(project, "reset", "--quiet", "--", path)
