"""What answers were taken from: which files are there, and what is in them."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from .files import unwritten_in

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from typing import TypeAlias

# --- What answers were taken from -----------------------------------------------------

Key = TypeVar("Key")
Worked = TypeVar("Worked")

if TYPE_CHECKING:
    # What was asked (`module`, `name`, `configuration`, ...), and of which path.
    Fact: TypeAlias = tuple[str, str]
    # What was worked out, and what it depends on.
    Remembered: TypeAlias = dict[Key, tuple[Worked, frozenset[Fact]]]

ABSENT = "absent"
_CHANGED = "changed meanwhile"


def digest(content: bytes) -> str:
    """Return what tells contents apart."""
    return hashlib.sha256(content).hexdigest()[:32]


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
        self._noted: set[Fact] = set()

    def note(self, kind: str, path: str, answer: str) -> None:
        """Put down a question and its answer, each time that it is made use of."""
        fact = kind, path
        # Two answers within one run: no later run can be told that all is as it was.
        if self.answers.setdefault(fact, answer) != answer:
            self.answers[fact] = _CHANGED
        self._noted.add(fact)

    @contextmanager
    def noting(self) -> Generator[set[Fact]]:
        """Collect what is asked meanwhile."""
        outer, self._noted = self._noted, set()
        try:
            yield self._noted
        finally:
            outer |= self._noted
            self._noted = outer

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
            with self.noting() as noted:
                found = work()
            table[key] = found, frozenset(noted)
        found, depends_on = table[key]
        self._noted |= depends_on
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
