"""What earlier runs found, as far as nothing that it depends on has changed."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .disk import digest
from .reports import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .disk import Fact
    from .examination import Examined
    from .project import Project

# --- What earlier runs found ----------------------------------------------------------

_MOST_BYTES = 30_000_000
_MOST_CACHES = 30
_SUFFIX = ".found"


class Cache:
    """Findings by file, each with all that it depends on.

    An entry counts only if the file has the very content that it was made from, the
    same rules are looked for, and every question that was asked about other files has
    the same answer: what pytest's configuration says, what is in a conftest.py or in a
    module that names were followed to, that there is no such module.
    """

    def __init__(self, path: Path | None) -> None:
        """Read what is there.

        Args:
            path: The cache's file; None keeps it in memory alone.
        """
        self._path = path
        self._entries: dict[str, list[Any]] = {}
        self._facts: list[tuple[Fact, str]] = []
        self._numbers: dict[tuple[Fact, str], int] = {}
        self._groups: list[list[int]] = []
        self._group_numbers: dict[frozenset[int], int] = {}
        self._is_changed = False
        if path:
            self._read(path)

    def known(
        self, path: str, identity: str, choice: str, project: Project
    ) -> Sequence[Told] | None:
        """Return what is in a file; None if that is not known.

        Args:
            path: The file.
            identity: The digest of its content.
            choice: What is looked for.
            project: What answers questions about other files.
        """
        entry = self._entries.get(path)
        if entry is None or entry[0] != identity or entry[1] != choice:
            return None
        if not self._holds(entry[2], project):
            return None
        return [Told(*each) for each in entry[3]]

    def has(self, path: str) -> bool:
        """Tell whether there is anything about a file."""
        return path in self._entries

    def _holds(self, group: int, project: Project) -> bool:
        if group < 0:
            return True
        valid = project.valid_groups
        if group not in valid:
            known = project.valid_facts
            for number in self._groups[group]:
                if number not in known:
                    fact, answer = self._facts[number]
                    known[number] = project.answer(fact) == answer
                if not known[number]:
                    valid[group] = False
                    break
            else:
                valid[group] = True
        return valid[group]

    def keep(self, examined: Examined, choice: str) -> None:
        """Remember what was found in a file."""
        self._is_changed = True
        if examined.problem or examined.fixed or not examined.digest:
            self._entries.pop(examined.path, None)
            return
        group = self._group(examined.facts)
        told = [list(each) for each in examined.left]
        self._entries[examined.path] = [examined.digest, choice, group, told]

    def _group(self, facts: Sequence[tuple[Fact, str]]) -> int:
        if not facts:
            return -1
        members: set[int] = set()
        for fact in facts:
            if fact not in self._numbers:
                self._numbers[fact] = len(self._facts)
                self._facts.append(fact)
            members.add(self._numbers[fact])
        key = frozenset(members)
        if key not in self._group_numbers:
            self._group_numbers[key] = len(self._groups)
            self._groups.append(sorted(members))
        return self._group_numbers[key]

    def _read(self, path: Path) -> None:
        """Read the file; whatever is wrong with it, it is as if there was none."""
        try:
            if path.stat().st_size > _MOST_BYTES:
                return
            checksum, _, content = path.read_bytes().partition(b"\n")
            if checksum.decode() != digest(content):
                return
            facts, groups, entries = json.loads(content)
            known = [((kind, name), answer) for kind, name, answer in facts]
        except (OSError, ValueError, TypeError):
            return
        self._facts, self._groups, self._entries = known, groups, entries
        self._numbers = {fact: number for number, fact in enumerate(known)}
        self._group_numbers = {
            frozenset(group): number for number, group in enumerate(groups)
        }

    def write(self) -> None:
        """Write the file, in one step; that it cannot be written is no error."""
        if self._path is None or not self._is_changed:
            return
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            content = json.dumps(self._kept(), separators=(",", ":")).encode()
            if len(content) <= _MOST_BYTES:
                _write_in_one_step(
                    self._path, digest(content).encode() + b"\n" + content
                )
            _remove_oldest(self._path.parent)

    def _kept(self) -> list[Any]:
        """Return all that entries need: no questions that only former ones asked."""
        asked: set[int] = {entry[2] for entry in self._entries.values()}
        used = sorted(asked - {-1})
        groups = {group: number for number, group in enumerate(used)}
        members = sorted({fact for group in used for fact in self._groups[group]})
        facts = {fact: number for number, fact in enumerate(members)}
        return [
            [[*self._facts[each][0], self._facts[each][1]] for each in members],
            [[facts[each] for each in self._groups[group]] for group in used],
            {
                path: [identity, choice, groups.get(group, -1), told]
                for path, (identity, choice, group, told) in self._entries.items()
            },
        ]


def _write_in_one_step(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_oldest(directory: Path) -> None:
    files = sorted(directory.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
    for path in files[:-_MOST_CACHES]:
        path.unlink(missing_ok=True)


def cache_file(*what_matters: str) -> Path | None:
    """Return the file that a run remembers its findings in.

    Args:
        what_matters: What findings depend on beside the files: another file for each.

    Returns:
        None if the user has no directory for caches.
    """
    directory = _directory_of_caches()
    if directory is None:
        return None
    here, python = str(Path.cwd()), sys.version
    name = digest(
        "\0".join([_own_source(), python, here, *what_matters]).encode(
            errors="surrogateescape"
        )
    )
    return directory / f"{name}{_SUFFIX}"


def _directory_of_caches() -> Path | None:
    wanted = os.environ.get("FIX_PYTEST_ASYNCIO_CACHE")
    if wanted:
        return Path(wanted)
    caches = _user_caches()
    return caches / "fix-pytest-asyncio" if caches else None


def _user_caches() -> Path | None:
    named = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if named and Path(named).is_absolute():
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return home / ".cache"


def _own_source() -> str:
    """Return what tells this version of the rules, and of all else, from others."""
    own = Path(__file__)
    files = [own]
    if __package__:
        files = sorted(own.parent.rglob("*.py"))
    return " ".join(digest(file.read_bytes()) for file in files)
