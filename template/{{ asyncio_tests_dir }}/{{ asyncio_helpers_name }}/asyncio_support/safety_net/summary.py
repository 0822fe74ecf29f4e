"""What the end of a run says of all findings, and what becomes of the baseline.

It works on the reports, so it is the same where pytest-xdist runs the tests elsewhere.
"""

from collections import Counter
from pathlib import Path

import pytest

from ..user_code import shown
from .baseline import Known, write_baseline
from .verdict import FOUND, Record

TITLE = "asyncio safety net"
WARNED = (
    "{number} findings failed no test, since their checks are set to `warn` "
    "(asyncio_checks); `pytest --asyncio-baseline` keeps new ones out"
)
ADVISED = (
    "{number} findings are advice: they fail a test only if asyncio_checks names their "
    "check, as in `{check}: fail`"
)
KNOWN = "{number} findings are known, from {file}"
HEALED = (
    "{number} known findings are gone; strike them out with "
    "`pytest --asyncio-baseline`:"
)
WRITTEN = "{file}: {number} findings; new ones fail from now on. Review and commit it"
# Shown in full, where they are warnings; all others have a line in the count.
_SHOWN = 10
_TOLD = ("warning", "advice")


class Summary:
    """Collects the findings of all reports."""

    def __init__(
        self, file: Path, known: frozenset[Known] | None, *, is_writing: bool
    ) -> None:
        """Begin with none.

        Args:
            file: The baseline's.
            known: What it lists; None if it does not exist.
            is_writing: Whether to write it at the end.
        """
        self._file = file
        self._known = known
        self._is_writing = is_writing
        self._records: list[Record] = []
        self._ran: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the findings of a report."""
        if FOUND in vars(report):
            self._records += getattr(report, FOUND)
        if report.when == "teardown" and (self._is_writing or self._known):
            self._ran.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write the baseline, if asked to."""
        if self._is_writing:
            kept = {k for k in self._known or () if k.test not in self._ran}
            self._known = frozenset(kept | self._found())
            write_baseline(self._file, self._known)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Say what no failure has said."""
        lines = [*self._warned(), *self._of_baseline()]
        if lines:
            terminalreporter.section(TITLE)
        for line in lines:
            terminalreporter.write_line(line)

    def _found(self) -> set[Known]:
        return {_known(record) for record in self._records}

    def _warned(self) -> list[str]:
        records = [each for each in self._records if each["becomes"] in _TOLD]
        if self._is_writing:
            return []
        lines: list[str] = []
        for record in records[:_SHOWN]:
            lines += [record["test"], *_indented(record["text"]), ""]
        if len(records) > _SHOWN:
            counts = Counter(each["check"] for each in records[_SHOWN:])
            more = ", ".join(f"{check} {n}" for check, n in sorted(counts.items()))
            lines += [f"and, not shown: {more}", ""]
        warned = [each for each in records if each["becomes"] == "warning"]
        if warned:
            lines.append(WARNED.format(number=len(warned)))
        return [*lines, *_advised(records)]

    def _of_baseline(self) -> list[str]:
        file = shown(str(self._file))
        if self._known is None:
            return []
        if self._is_writing:
            return [WRITTEN.format(file=file, number=len(self._known))]
        found = self._found()
        met = self._known & found
        healed = sorted(k for k in self._known - found if k.test in self._ran)
        lines = [KNOWN.format(number=len(met), file=file)] if met else []
        if healed:
            lines.append(HEALED.format(number=len(healed)))
            lines += [f"  {each.check} {each.test}" for each in healed]
        return lines


def _known(record: Record) -> Known:
    return Known(record["test"], record["check"], record["function"])


def _advised(records: list[Record]) -> list[str]:
    advice = [each for each in records if each["becomes"] == "advice"]
    if not advice:
        return []
    return [ADVISED.format(number=len(advice), check=advice[0]["check"])]


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in text.splitlines()]
