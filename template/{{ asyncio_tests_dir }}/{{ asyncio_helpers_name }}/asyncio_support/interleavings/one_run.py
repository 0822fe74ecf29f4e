"""One run of a test among many: with fixtures of its own, and reported by nobody."""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple, cast

import pytest

# There is no public way to run a test without reporting it.
from _pytest.runner import runtestprotocol

from ..reports import READERS, read_reports
from ..safety_net.verdict import FOUND, Record
from .order import Order
from .schedule import Schedule

_XPASS = "[XPASS(strict)]"


class Ordered(NamedTuple):
    """What the run that is about to begin does with its tasks.

    Attributes:
        order: The order.
        schedule: Is told what runs, if somebody wants to know.
        is_traced: Whether it is also told what each step reads and writes.
    """

    order: Order
    schedule: Schedule | None = None
    is_traced: bool = False

    @property
    def traced(self) -> Schedule | None:
        """Return the schedule if it is also told what each step reads and writes."""
        return self.schedule if self.is_traced else None


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        order: The order that it was in.
        reports: Those of its setup, call and teardown.
        failures: Why it failed, in a form that can be compared with other runs; also
            where that was expected.
        was_skipped: Whether it was skipped.
    """

    order: Order
    reports: list[pytest.TestReport] = field(default_factory=list[pytest.TestReport])
    failures: list[str] = field(default_factory=list[str])
    was_skipped: bool = False


# The order of the run that is about to begin, and what came of the last one.
ORDER = pytest.StashKey[Ordered]()
_OUTCOME = pytest.StashKey[Outcome]()


def run_alone(item: pytest.Item, ordered: Ordered) -> Outcome:
    """Run a test as pytest does, debugger included; only the terminal shows nothing."""
    return _run(item, ordered, partial(runtestprotocol, log=False))


def run_quietly(item: pytest.Item, ordered: Ordered) -> Outcome:
    """Run a test so that nobody hears of it."""
    with warnings.catch_warnings(record=True):
        return _run(item, ordered, _setup_call_teardown)


def _run(item: pytest.Item, ordered: Ordered, run: Callable[..., object]) -> Outcome:
    readers = item.config.stash[READERS]
    if _note not in readers:  # the last one, which knows what the others made of it
        read_reports(item.config, _note)
    properties = len(item.user_properties)
    outcome = item.stash[_OUTCOME] = Outcome(ordered.order)
    item.stash[ORDER] = ordered
    private: Any = item
    private._initrequest()  # noqa: SLF001 - as plugins do that run tests again
    _renew_instance(item)
    try:
        # Of the next test, pytest asks only what it has in common with this one: all
        # but the test itself, so that wider fixtures stay.
        run(item, nextitem=item.parent)
    finally:
        del item.stash[ORDER], item.stash[_OUTCOME]
        del item.user_properties[properties:]
        private._report_sections.clear()  # noqa: SLF001 - of this run; its reports have them
    return outcome


def _renew_instance(item: pytest.Item) -> None:
    """Make a new object of a test's class, as pytest does for every test."""
    private: Any = item
    if isinstance(item.parent, pytest.Class):
        instance = item.parent.obj()
        private._instance = instance  # noqa: SLF001 - no public way
        private.obj = getattr(instance, private.originalname)


def _setup_call_teardown(item: pytest.Item, nextitem: object) -> None:
    private: Any = item
    try:
        if _phase(item, "setup").passed:
            _phase(item, "call")
        _phase(item, "teardown", nextitem=nextitem)
    finally:
        # What the test had is kept no longer than by pytest.
        private._request = False  # noqa: SLF001 - as pytest does
        private.funcargs = None


def _phase(
    item: pytest.Item, when: Literal["setup", "call", "teardown"], **more: object
) -> pytest.TestReport:
    hook = getattr(item.ihook, f"pytest_runtest_{when}")

    def run() -> None:
        hook(item=item, **more)

    kind: Any = pytest.CallInfo  # it says too little of what it returns
    call: pytest.CallInfo[None] = kind.from_call(
        run,
        when,
        reraise=(pytest.exit.Exception, KeyboardInterrupt),
    )
    report = item.ihook.pytest_runtest_makereport(item=item, call=call)
    return cast("pytest.TestReport", report)


def _note(
    report: pytest.TestReport, item: pytest.Item, call: "pytest.CallInfo[None]"
) -> None:
    outcome = item.stash.get(_OUTCOME, None)
    if outcome is None or hasattr(report, "context"):  # a subtest's has one
        return
    outcome.reports.append(report)
    is_expected = hasattr(report, "wasxfail")
    outcome.was_skipped |= report.skipped and not is_expected
    if (is_expected and report.passed) or str(report.longrepr).startswith(_XPASS):
        return
    if report.failed or (report.skipped and is_expected):
        outcome.failures.append(" ".join([str(report.when), *_reasons(report, call)]))


def _reasons(report: pytest.TestReport, call: "pytest.CallInfo[None]") -> Iterable[str]:
    if call.excinfo is not None:
        yield call.excinfo.typename
    records: list[Record] = getattr(report, FOUND, [])
    yield from sorted({r["check"] for r in records if r["becomes"] == "failure"})
