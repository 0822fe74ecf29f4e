"""The corpus in `tests/races`: known races, each beside a twin that has none.

A race is a directory with two modules, `buggy.py` and its correct `twin.py`. Each is
written once, for every tool that is to find it: `begin()` makes a fresh state, `TASKS`
are what is run with it at the same time, and `check(state)` asserts what must hold
afterwards. Run in asyncio's own order, both pass: that is what makes it a race.

The lines that conflict end with `# guilty`. Under the explorer, a module is run as two
tests: one in asyncio's order, one in every order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

RACES = Path(__file__).parent / "races"
IN_ASYNCIOS_ORDER = "test_in_asyncios_order"
IN_EVERY_ORDER = "test_in_every_order"
# What stands in a test module below the race.
_TESTS = f"""

import pytest


async def run():
    state = begin()
    await asyncio.gather(*(task(state) for task in TASKS))
    check(state)


async def {IN_ASYNCIOS_ORDER}():
    await run()


@pytest.mark.interleavings(MARKER)
async def {IN_EVERY_ORDER}():
    await run()
"""


@dataclass(frozen=True)
class Module:
    """A race, or its twin."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the directory: the number of the race, and what it is."""
        return self.path.parent.name

    @property
    def file_name(self) -> str:
        """The name under which the module is run."""
        return f"test_{self.name}.py"

    @cached_property
    def text(self) -> str:
        """What the module consists of."""
        return self.path.read_text(encoding="utf-8")

    @property
    def places(self) -> list[str]:
        """The guilty lines, as reports name them."""
        lines = enumerate(self.text.splitlines(), start=1)
        marked = [number for number, line in lines if line.endswith("# guilty")]
        return [f"{self.file_name}:{number}" for number in marked]

    @property
    def tasks(self) -> list[str]:
        """The names of the functions that run as tasks."""
        [names] = re.findall(r"^TASKS = \((.+)\)$", self.text, re.MULTILINE)
        return list(dict.fromkeys(str(names).split(", ")))

    def as_tests(self, **marker: object) -> str:
        """Return the module as tests.

        Args:
            marker: What the marker of the explorer says.
        """
        words = ", ".join(f"{name}={value!r}" for name, value in marker.items())
        return self.text + _TESTS.replace("MARKER", words)


def races() -> list[Module]:
    """Return all races, in order."""
    return [Module(path) for path in sorted(RACES.glob("*/buggy.py"))]


def twins() -> list[Module]:
    """Return all twins, in order."""
    return [Module(path) for path in sorted(RACES.glob("*/twin.py"))]
