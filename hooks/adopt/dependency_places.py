"""A place where a project declares dependencies, and which of several is the best."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.requirements import Requirement

    from adopt.dependency_declarations import Declaration

NAMES_FOR_TESTS = (
    {"test", "tests", "testing"},
    {"dev", "devel", "develop", "development"},
)


class UnreadableError(Exception):
    """A file cannot be read; the text says why, for after the file's name."""


class Kind(IntEnum):
    """The kinds of places, the best for test dependencies first."""

    GROUP = auto()  # [dependency-groups]
    EXTRA = auto()  # [project.optional-dependencies]
    POETRY = auto()
    PDM = auto()
    HATCH = auto()
    UV = auto()
    PIPENV = auto()
    FILE = auto()  # requirements files, and the sources they are compiled from
    TOX = auto()
    SETUP_CFG = auto()
    # Below: nothing is added there.
    SETUP_PY = auto()
    COMPILED = auto()  # made by a program that would undo the edit
    RUNTIME = auto()  # what the project itself needs
    CONSTRAINT = auto()  # what limits versions, and installs nothing


@dataclass(frozen=True)
class Place:
    """A list of requirements.

    Attributes:
        path: The file, relative and with slashes.
        kind: What sort of place it is.
        table: The part of the file, as people would name it; empty for a file that
            holds nothing but requirements.
        group: By which name its requirements are asked for.
        declarations: What it declares itself; other files and groups that it includes
            are places of their own.
        add: Returns a file's text with a requirement added to this place. Raises
            CannotAddError.
        form: How an entry is written here.
    """

    path: str
    kind: Kind
    table: str
    group: str
    declarations: tuple[Declaration, ...]
    add: Callable[[str, Requirement], str]
    form: Callable[[Requirement], str] = str

    @property
    def name(self) -> str:
        """The place in one line, for messages."""
        return f"{self.path} {self.table}".rstrip()

    def entry(self, requirement: Requirement) -> str:
        """Return what is added, and to which part of the file."""
        return ": ".join(filter(None, [self.table, self.form(requirement)]))

    def of(self, name: str) -> list[Declaration]:
        """Return the declarations of one package."""
        return [each for each in self.declarations if each.name == name]

    @property
    def is_edited(self) -> bool:
        """Whether something may be added here, by this program."""
        return self.kind < Kind.SETUP_PY

    @property
    def clarity(self) -> int:
        """How clearly this is for tests: 0 by its name, 1 for development, else 2."""
        words = "-".join(re.split(r"[-_./]+", self.group.lower()))
        ranks = [words in names for names in NAMES_FOR_TESTS]
        return [*ranks, True].index(True)

    @property
    def is_for_tests(self) -> bool:
        """Whether this is for tests or for development, by its name."""
        return self.clarity < len(NAMES_FOR_TESTS)


def table_entry(requirement: Requirement) -> str:
    """Write a requirement as the line of a Poetry table or a Pipfile."""
    return f'{requirement.name} = "{requirement.specifier}"'
