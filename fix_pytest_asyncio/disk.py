"""What answers were taken from: which files are there, and what is in them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, TypeVar

from .files import unwritten_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import TypeAlias

# --- What answers were taken from -----------------------------------------------------

Key = TypeVar("Key")
Worked = TypeVar("Worked")

if TYPE_CHECKING:
    # What was asked (`module`, `name`, `configuration`, ...), and of which path.
    Fact: TypeAlias = tuple[str, str]
    # What was worked out, and what it depends on.
    Remembered: TypeAlias = dict[Key, tuple[Worked, "Questions"]]

ABSENT = "absent"
_CHANGED = "changed meanwhile"
_FEW_FACTS = 3


def digest(content: bytes) -> str:
    """Return what tells contents apart."""
    return hashlib.sha256(content).hexdigest()[:32]


class Questions:
    """Questions, and the collections of others that an answer depends on as well.

    What many answers have in common is in none of their own collections.
    """

    __slots__ = ("own", "parts")

    def __init__(self, own: Iterable[Fact], parts: Iterable[Questions]) -> None:
        """Hold them in as little room as there is."""
        self.own = tuple(own)
        self.parts = tuple(parts)

    def all(self) -> set[Fact]:
        """Return all questions."""
        found: set[Fact] = set()
        seen: set[Questions] = {self}
        waiting: list[Questions] = [self]
        while waiting:
            each = waiting.pop()
            found.update(each.own)
            new = [part for part in each.parts if part not in seen]
            waiting += new
            seen.update(new)
        return found


class _Collecting:
    """A collection that is being made."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.own: set[Fact] = set()
        self.parts: set[Questions] = set()

    def add(self, part: Questions) -> None:
        """Add all of another collection: those of a small one by themselves."""
        if part.parts or len(part.own) > _FEW_FACTS:
            self.parts.add(part)
        else:
            self.own.update(part.own)

    def collection(self) -> Questions:
        """Return what was collected."""
        if not self.own and len(self.parts) == 1:
            return next(iter(self.parts))
        return Questions(self.own, self.parts)


class Notes:
    """What was asked about the files around, and what the answers were.

    A result that is kept for the next run is still right if all answers that it was
    made from are the same then.

    Attributes:
        answers: What was answered to anything that was ever asked.
    """

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.answers: dict[Fact, str] = {}
        self._noted = _Collecting()

    def note(self, kind: str, path: str, answer: str) -> None:
        """Put down a question and its answer, each time that it is made use of."""
        fact = kind, path
        # Two answers within one run: no later run can be told that all is as it was.
        if self.answers.setdefault(fact, answer) != answer:
            self.answers[fact] = _CHANGED
        self._noted.own.add(fact)

    def noting(self, work: Callable[[], Worked]) -> tuple[Worked, Questions]:
        """Return what is worked out, and what was asked meanwhile."""
        outer, self._noted = self._noted, _Collecting()
        try:
            found = work()
        finally:
            noted, self._noted = self._noted.collection(), outer
            outer.add(noted)
        return found, noted

    def remembered(
        self,
        table: Remembered[Key, Worked],
        key: Key,
        work: Callable[[], Worked],
    ) -> Worked:
        """Return what is worked out once, and put down each time what it depends on.

        Args:
            table: Where it is remembered.
            key: What for.
            work: Works it out.
        """
        if key not in table:
            table[key] = self.noting(work)
            return table[key][0]
        found, noted = table[key]
        self._noted.add(noted)
        return found


class Listings:
    """Which names there are in directories, each of which is listed once."""

    def __init__(self) -> None:
        """Begin with none listed."""
        self._names: dict[Path, frozenset[str]] = {}

    def has(self, path: Path) -> bool:
        """Tell whether there is anything of a path's name in its directory."""
        return path.name in self.names(path.parent)

    def names(self, directory: Path) -> frozenset[str]:
        """Return what is in a directory; nothing if it is none or cannot be listed."""
        if directory not in self._names:
            try:
                names = os.listdir(directory)  # noqa: PTH208 - names are all that is wanted, and there are many
                self._names[directory] = frozenset(names) | unwritten_in(directory)
            except OSError:
                self._names[directory] = frozenset()
        return self._names[directory]


def listed(directory: str) -> frozenset[str]:
    """Return the names in a directory that modules may be found by, and `.git`."""
    try:
        names = os.listdir(directory)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return frozenset()
    return frozenset(
        name
        for name in names
        if name == ".git" or not name.startswith((".", "__pycache__"))
    )
