"""What becomes of a test in which something was found: it fails, once.

A test that passed so far fails with the report. One that has failed by itself keeps its
own failure first and gets the report below it. One that was skipped, or failed as it
was expected to, is left alone: what it had begun, it could not end.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

import pytest

from .finding import Finding
from .judgement import Fate, known_as
from .levels import allowed_checks
from .net import SafetyNet
from .report import TITLE, text_of
from .running import ENDED, Interrupted

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr  # which pytest's public types name

# On a report, so that it also reaches the process that pytest-xdist reports from.
FOUND = "asyncio_safety_net"


class Record(TypedDict):
    """A finding as the report of a test carries it.

    Attributes:
        test: The test's id.
        check: The name of the check.
        function: The function at whose line it was found; empty if there is none.
        text: Its description.
        becomes: What is made of it: a `failure`, a `warning`, `advice` or `known`.
    """

    test: str
    check: str
    function: str
    text: str
    becomes: str


class Verdict:
    """The outcome of the test that runs."""

    def __init__(self, net: SafetyNet) -> None:
        """Prepare for the first test.

        Args:
            net: What knows of the findings.
        """
        self._net = net
        self._outcome = "passed"

    def on_report(
        self,
        report: pytest.TestReport,
        item: pytest.Item,
        call: pytest.CallInfo[None],
    ) -> None:
        """Put what was found so far into a phase's report."""
        if hasattr(report, "context"):
            return  # a subtest's, which is not the last word
        if report.when == "setup":
            self._outcome = "passed"
        is_time = report.when != "setup" or not report.passed
        if hasattr(report, "wasxfail") and self._outcome == "passed":
            self._outcome = "skipped"
        if self._net.findings and is_time:
            self._add(report, item, call)
        if not report.passed and self._outcome == "passed":
            self._outcome = report.outcome

    def _add(
        self,
        report: pytest.TestReport,
        item: pytest.Item,
        call: pytest.CallInfo[None],
    ) -> None:
        findings = self._net.findings[:]
        self._net.findings.clear()
        if report.skipped or self._outcome == "skipped":
            findings = [each for each in findings if each.despite_skip]
        judgement = self._net.judgement
        try:
            allowed_checks(item, judgement.checks)
        except pytest.UsageError as error:
            report.outcome = "failed"
            report.longrepr = failure(item, TITLE, str(error))
            return
        fates: list[tuple[Finding, Fate]]
        fates = [(each, judgement.of(each, item)) for each in _unlike(findings)]
        findings = [each for each, fate in fates if fate != "allowed"]
        if not findings:
            return
        records = [
            _record(each, item, fate) for each, fate in fates if fate != "allowed"
        ]
        setattr(report, FOUND, records)
        failing = [each for each, fate in fates if fate == "failure"]
        text = text_of(failing or findings)
        if report.failed and _is_our_doing(call):
            report.longrepr = failure(item, TITLE, text)
        elif report.failed:
            add_below(report, TITLE, text)
        elif failing and self._outcome == "failed":
            report.sections.append((f"{TITLE} (teardown)", text))
        elif failing:
            report.outcome = "failed"
            report.longrepr = failure(item, TITLE, text)


def _record(finding: Finding, item: pytest.Item, fate: Fate) -> Record:
    known = known_as(finding, item)
    return Record(
        test=known.test,
        check=known.check,
        function=known.function,
        text=text_of([finding]),
        becomes=fate,
    )


def _unlike(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what was found twice, as in a loop."""
    unlike = {(each.check.name, each.what, each.made_at): each for each in findings}
    return list(unlike.values())


def _is_our_doing(call: pytest.CallInfo[None]) -> bool:
    """Tell whether a phase failed since the net ended what it ran."""
    return call.excinfo is not None and _is_ours(call.excinfo.value)


def _is_ours(error: BaseException) -> bool:
    # Several fixtures that hung make a group.
    several: Iterable[BaseException] = getattr(error, "exceptions", ())
    if several:
        return all(map(_is_ours, several))
    return isinstance(error, Interrupted) or ENDED in str(error)


def failure(item: pytest.Item, title: str, text: str) -> "str | TerminalRepr":
    """Return what pytest shows of a test that failed with a text and no traceback."""
    try:
        pytest.fail(f"{title}: {text}", pytrace=False)
    except pytest.fail.Exception:
        shown = item.repr_failure(pytest.ExceptionInfo.from_current())
    # In the summary at the end, which pytest does not cut off in CI.
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        crash.message = f"{title}: {text.partition(chr(10))[0]}"
    return shown


def add_below(report: pytest.TestReport, title: str, text: str) -> None:
    """Add a section to what pytest shows of a failure."""
    add = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((title, text))
    else:
        add(title, text)
