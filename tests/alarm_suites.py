"""The suites in `tests/false_alarms`: correct tests that look wrong, and wrong ones.

Each directory is a suite, to be run in a rendered project. Everything in it must pass,
but for what its comments say:

- `# guilty: a_check` ends a line of the test that must fail, with that check and that
  line in its report; after `in` can stand the name of another test.
- `# skipped` ends the first line of a test that is skipped, or fails as expected;
  `since 3.12` can follow.
- `# needs: 3.12` stands in a module that older Pythons are not given.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fault_runs import Run

SUITES = Path(__file__).parent / "false_alarms"
NET = "asyncio safety net"  # begins every line that the net prints by itself
_GUILTY = re.compile(r"# guilty: (?P<check>\w+)(?: in (?P<test>\w+))?$", re.MULTILINE)
_SKIPPED = re.compile(r"# skipped(?: since (\d+)\.(\d+))?$")
_NEEDS = re.compile(r"^# needs: (\d+)\.(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Guilty:
    """A real fault, beside what only looks like one.

    Attributes:
        test: The test that must fail.
        check: The check that must be named.
        place: The line that must be named, as reports do.
    """

    test: str
    check: str
    place: str


@dataclass(frozen=True)
class AlarmModule:
    """A test module of a suite."""

    path: Path

    @cached_property
    def text(self) -> str:
        """What it consists of."""
        return self.path.read_text(encoding="utf-8")

    @property
    def runs_here(self) -> bool:
        """Whether this Python has what it uses."""
        found = _NEEDS.search(self.text)
        return not found or sys.version_info >= (int(found[1]), int(found[2]))

    @cached_property
    def tests(self) -> dict[str, tuple[int, int]]:
        """All tests, with their first and last lines."""
        return {
            node.name: (node.lineno, node.end_lineno or node.lineno)
            for node in ast.walk(ast.parse(self.text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name.startswith("test")
        }

    @property
    def guilty(self) -> Iterator[Guilty]:
        """The real faults."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            found = _GUILTY.search(line)
            if found:
                test = found["test"] or self._test_at(number)
                yield Guilty(test, found["check"], f"{self.path.name}:{number}")

    @property
    def skipped(self) -> set[str]:
        """The tests that do not run to their end, and must not fail."""
        lines = self.text.splitlines()
        heads = {name: lines[at - 1] for name, (at, _) in self.tests.items()}
        found = {name: _SKIPPED.search(head) for name, head in heads.items()}
        return {
            name
            for name, mark in found.items()
            if mark and sys.version_info >= (int(mark[1] or 3), int(mark[2] or 0))
        }

    def _test_at(self, line: int) -> str:
        return next(
            name for name, (first, last) in self.tests.items() if first <= line <= last
        )

    def complaints(self, run: Run) -> list[str]:
        """Return all that a run did not do with this module as it must."""
        of_each: dict[str, list[str]] = {name: [] for name in self.tests}
        for test in run.phases:
            file, _, name = test.partition("::")
            if file == self.path.name:
                of_each.setdefault(name.partition("[")[0], []).append(test)
        wrong = [f"{name} did not run" for name, runs in of_each.items() if not runs]
        guilty = {each.test: each for each in self.guilty}
        for name, runs in of_each.items():
            for test in runs:
                if name in guilty:
                    wrong += _unnoticed(guilty[name], test, run)
                else:
                    expected = "skipped" if name in self.skipped else "passed"
                    wrong += _complaint(expected, test, run)
        return wrong


def _unnoticed(guilty: Guilty, test: str, run: Run) -> list[str]:
    if not run.failed_phases(test):
        return [f"{test} must fail"]
    text = "\n".join(phase.text for phase in run.phases[test])
    wanted = (f"[{guilty.check}]", guilty.place)
    return [f"{test}: its report lacks {part!r}" for part in wanted if part not in text]


def _complaint(expected: str, test: str, run: Run) -> list[str]:
    if run.outcome(test) == expected and not any(
        NET in phase.text for phase in run.phases[test]
    ):
        return []
    texts = [phase.text for phase in run.phases[test]]
    return [f"{test} must be {expected}, and is {run.outcome(test)}", *texts]


def copy_suite(name: str, project: Path) -> list[AlarmModule]:
    """Copy a suite into the tests of a project, and return its modules."""
    left_out = shutil.ignore_patterns("__pycache__")
    place = project / "tests" / name
    shutil.copytree(SUITES / name, place, ignore=left_out)
    modules = [AlarmModule(path) for path in sorted(place.glob("test_*.py"))]
    for module in modules:
        if not module.runs_here:
            module.path.unlink()
    return [module for module in modules if module.path.exists()]
