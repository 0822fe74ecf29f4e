"""Running the tests of a rendered project from outside, and counting what happened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOT_PASSED = ("failure", "error", "skipped")
_WITHOUT = (
    *("cacheprovider", "randomly", "xdist", "pytest_cov"),
    *("hypothesispytest", "anyio", "trio"),
)


@dataclass(frozen=True)
class Run:
    """What a run of pytest did.

    Attributes:
        outcomes: How many tests passed, failed and so on, as in `{"passed": 3}`.
        seconds: What the tests took, their fixtures included, without collection.
        exit_code: That of pytest.
        printed: Everything it printed.
    """

    outcomes: Counter[str]
    seconds: float
    exit_code: int
    printed: str

    def assert_all_passed(self, number: int | None = None) -> None:
        """Fail with what was printed unless tests ran and all of them passed."""
        assert self.exit_code == 0, self.printed
        assert set(self.outcomes) == {"passed"}, self.printed
        assert number in {None, self.outcomes["passed"]}, self.printed


def run_tests(project: Path, report: Path, *arguments: str | Path) -> Run:
    """Run pytest in a project, leaving nothing behind in it.

    The plugins of this repository's own run are switched off: name `-p xdist` or
    `-p randomly` to have them.

    Args:
        project: Where to run.
        report: Where the JUnit report goes: a file outside the project.
        arguments: What pytest is given.
    """
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--junit-xml", report),
            *(word for name in _WITHOUT for word in ("-p", f"no:{name}")),
            *arguments,
        ],
        cwd=project,
        env=_environment(report),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = finished.stdout + finished.stderr
    cases = list(_cases(report)) if report.exists() else []
    return Run(
        Counter(map(_outcome, cases)),
        sum(float(case.attrib["time"]) for case in cases),
        finished.returncode,
        printed,
    )


def _environment(report: Path) -> dict[str, str]:
    """This process's environment without what speaks to its own pytest.

    What Hypothesis keeps, which it does where it is only imported, goes to beside the
    report: projects are shared by tests, and have to stay as they were rendered.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST")
    }
    return {
        **kept,
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(report.with_name("hypothesis")),
    }


def _cases(report: Path) -> Iterator[ET.Element]:
    tree = ET.parse(report)  # noqa: S314 - written by the pytest that was run above
    return tree.iter("testcase")


def _outcome(case: ET.Element) -> str:
    for outcome in _NOT_PASSED:
        if case.find(outcome) is not None:
            return outcome
    return "passed"
