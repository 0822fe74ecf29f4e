"""Runs a test under many orders of its tasks, up to the first in which it fails."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from ..real_time import now
from ..safety_net.verdict import add_below, failure
from .closing import close_after
from .one_run import Ordered, Outcome, run_alone, run_quietly
from .order import Deviations, Follow, Order
from .orders_seen import OrdersSeen
from .plugin import OPTION
from .report import (
    FAILED,
    MISFIT,
    PASSED,
    PASSED_ALL,
    PASSED_BOUND,
    REPLAY,
    REPLAYED,
    STEPS,
    TITLE,
    UNSTEADY,
    command_for,
    conflict_lines,
    places,
    schedule_lines,
)
from .schedule import Schedule
from .settings import Settings
from .shrinking import Shrinker
from .strategies import strategy_for
from .tokens import token_for

# Runs that are spent on making an order smaller.
_MOST_TO_SHRINK = 100


class Exploration:
    """How one test is run under many orders."""

    def __init__(
        self, item: pytest.Item, settings: Settings, replayed: Deviations | None
    ) -> None:
        """Prepare.

        Args:
            item: The test.
            settings: What its marker says.
            replayed: The one order to run it in, if that is known.
        """
        self._item = item
        self._settings = settings
        self._replayed = replayed
        self._seen = OrdersSeen()
        self._is_exhausted = False

    def reports(self, nextitem: pytest.Item | None) -> Sequence[pytest.TestReport]:
        """Run the test, and return the reports of the one run that tells most.

        Args:
            nextitem: The test that comes next.
        """
        start = now()
        outcome = self._explore() if self._replayed is None else self._replay()
        reports = close_after(self._item, nextitem, outcome.reports)
        others = sum(each.duration for each in reports if each.when != "call")
        for report in reports:
            if report.when == "call":
                report.duration = max(now() - start - others, 0.0)
        return reports

    def _explore(self) -> Outcome:
        outcomes = self._outcomes()
        first = next(outcomes)
        if first.failures or first.was_skipped:
            return first
        failed = next((each for each in outcomes if each.failures), None)
        if failed is None:
            _tell(first, self._passed())
            return first
        return self._reported(failed)

    def _outcomes(self) -> Iterator[Outcome]:
        """Run the test in one order after the other."""
        strategy = strategy_for(self._settings, self._seen)
        run = run_alone
        for _ in range(self._settings.runs):
            choose = strategy.next()
            if choose is None:
                self._is_exhausted = True
                return
            outcome = run(self._item, Ordered(Order(choose)))
            self._seen.add(outcome.order.choices)
            strategy.learn(outcome.order.choices)
            yield outcome
            run = run_quietly

    def _passed(self) -> str:
        number = self._seen.number
        if self._seen.all_of_them:
            return PASSED_ALL.format(number=number)
        if self._is_exhausted:
            bound = self._settings.preemptions
            return PASSED_BOUND.format(number=number, bound=bound)
        return PASSED.format(number=number)

    def _reported(self, failed: Outcome) -> Outcome:
        """Run the test in the smallest order that fails, and say what that is."""
        number = self._seen.number

        def fails(deviations: Deviations) -> dict[int, int] | None:
            again = run_quietly(self._item, Ordered(Order(Follow(deviations))))
            as_before = again.failures == failed.failures
            return again.order.deviations() if as_before else None

        smallest = Shrinker(fails, _MOST_TO_SHRINK).shrink(failed.order.deviations())
        shown, failing = self._watched(Follow(smallest), run_alone)
        if not shown.failures:
            _tell(failed, UNSTEADY)
            return failed
        _, passing = self._watched(Follow(_with_one_less(smallest)), run_quietly)
        head = FAILED.format(number=number, places=places(len(smallest)))
        conflict = conflict_lines(failing, passing)
        _tell(shown, self._text([head, "", *conflict], failing, shown))
        return shown

    def _replay(self) -> Outcome:
        deviations = self._replayed or {}
        follow = Follow(deviations)
        order = Order(follow)
        schedule = Schedule(order)
        # Nothing is traced: a debugger may be.
        shown = run_alone(self._item, Ordered(order, schedule))
        schedule.end_step()
        if follow.misfit is not None:
            _refuse(self._item, shown, follow.misfit)
        elif shown.failures:
            head = REPLAYED.format(places=places(len(deviations)))
            _tell(shown, self._text([head, ""], schedule, shown))
        return shown

    def _watched(
        self, follow: Follow, run: Callable[[pytest.Item, Ordered], Outcome]
    ) -> tuple[Outcome, Schedule]:
        """Run the test so that it is known what each step touches."""
        order = Order(follow)
        schedule = Schedule(order)
        outcome = run(self._item, Ordered(order, schedule, is_traced=True))
        schedule.end_step()
        return outcome, schedule

    def _text(self, head: Sequence[str], schedule: Schedule, shown: Outcome) -> str:
        token = token_for(self._item.nodeid, shown.order.deviations())
        lines = [*head, STEPS, *schedule_lines(schedule)]
        return "\n".join([*lines, "", REPLAY, command_for(token)])


def _with_one_less(deviations: Deviations) -> dict[int, int]:
    """Leave out the last one; each of the smallest order's is needed to fail."""
    return dict(sorted(deviations.items())[:-1])


def _tell(outcome: Outcome, text: str) -> None:
    """Put a text below the failure, or into the report of the call."""
    reports = outcome.reports
    failed = [each for each in reports if each.failed or hasattr(each, "wasxfail")]
    add_below(next(iter(failed), reports[min(1, len(reports) - 1)]), TITLE, text)


def _refuse(item: pytest.Item, outcome: Outcome, index: int) -> None:
    """Have a run fail that was not in the order that was asked for."""
    report = outcome.reports[min(1, len(outcome.reports) - 1)]
    report.outcome = "failed"
    report.longrepr = failure(item, TITLE, MISFIT.format(index=index, option=OPTION))
