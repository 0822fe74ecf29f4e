"""Runs pytest and writes down what each test did; started by the suite's own Python.

`python runner.py REPORT ARGUMENT...` passes the arguments to pytest, exits with its
exit code, and leaves a JSON object in REPORT: `versions` of what took part, and `tests`
with the outcome of each collected test. JUnit XML is no substitute: it names tests
otherwise than pytest does, and an error in a teardown makes a second entry of a test.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

# As under plain `pytest`, nothing is importable but what the project sees to.
# With -I, Python has not put this directory there.
sys.path[:] = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]

import pytest  # noqa: E402 (this directory must leave the path before any import)


class Recorder:
    """A pytest plugin that records the outcome of each test.

    A test passes when its setup, body and teardown do; what is worst wins.
    """

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, str]] = {}
        self.errors: list[dict[str, str]] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a file or package that cannot be collected, or says that it won't."""
        if not report.passed:
            self.errors.append({"id": report.nodeid, "why": _why(report)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the end of a test's setup, body or teardown."""
        known = self.tests.get(report.nodeid, {}).get("outcome")
        outcome = _outcome(report)
        if known is None or (known == "passed" and outcome != "passed"):
            why = "" if outcome == "passed" else _why(report)
            self.tests[report.nodeid] = {"outcome": outcome, "why": why}


def _outcome(report: pytest.TestReport) -> str:
    # How pytest marks a test that was expected to fail; no rendered one is, so that
    # either way the suite has not passed.
    if hasattr(report, "wasxfail"):
        return "xpassed" if report.passed else "xfailed"
    return str(report.outcome)


def _why(report: pytest.CollectReport | pytest.TestReport) -> str:
    """Return the line that says best what went wrong."""
    if isinstance(report.longrepr, tuple):  # a skip: path, line and reason
        return report.longrepr[2]
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else report.longreprtext).strip().splitlines()
    return lines[0 if crash else -1].removeprefix("E ").strip() if lines else ""


def main(report: Path, arguments: list[str]) -> int:
    """Run pytest, write the report, and return pytest's exit code."""
    recorder = Recorder()
    code = pytest.main(arguments, plugins=[recorder])
    content = {
        "versions": {
            "Python": platform.python_version(),
            "pytest": version("pytest"),
            "pytest-asyncio": version("pytest-asyncio"),
        },
        "tests": recorder.tests,
        "errors": recorder.errors,
    }
    report.write_text(json.dumps(content), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
