"""Which steps conflict: those whose order decides whether the test fails.

The order that fails is compared with one that has a deviation less, and passes. Two
tasks touch the same thing in both, at least one of them writes it, and they do so in
this order here and in the other one there: that is what makes the difference.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .schedule import Step, Touched

# Found in both orders: a task, what it did at which line, and the how manieth time.
_Key = tuple[int, str, str, int]


class Access(NamedTuple):
    """A read or write of a step.

    Attributes:
        number: The number of the step, from 1.
        step: The step.
        touched: What it read or wrote, and where.
    """

    number: int
    step: Step
    touched: Touched

    @property
    def is_write(self) -> bool:
        """Tell whether it is a write."""
        return self.touched.touch.is_write


class Conflict(NamedTuple):
    """What conflicts, in the order in which it ran.

    Attributes:
        before: What the task of the last one had done with the same thing, if anything.
        first: What one task did.
        last: What another one did, and does first in the order that passes.
    """

    before: Access | None
    first: Access
    last: Access

    @property
    def weight(self) -> tuple[int, int, int]:
        """Return how much it tells; most, what is changed after it was looked at."""
        was_read = self.before is not None and not self.before.is_write
        writes = self.first.is_write + self.last.is_write
        return was_read + writes, was_read, self.before is not None


def conflict_in(failing: Sequence[Step], passing: Sequence[Step]) -> Conflict | None:
    """Return the conflict that tells most; None where none can be seen.

    Args:
        failing: The steps of an order in which the test fails.
        passing: Those of a similar one in which it passes.
    """
    there = {key: place for place, (key, _) in enumerate(_accesses(passing))}
    here = [(each, there[key]) for key, each in _accesses(failing) if key in there]
    found = [
        Conflict(_before(first, last, [access for access, _ in here]), first, last)
        for place, (last, last_there) in enumerate(here)
        for first, first_there in here[:place]
        if last_there < first_there and _conflict(first, last)
    ]
    return max(found, key=lambda each: each.weight, default=None)


def _accesses(steps: Sequence[Step]) -> Iterator[tuple[_Key, Access]]:
    times: Counter[tuple[int, str, str]] = Counter()
    for number, step in enumerate(steps, 1):
        for touched in step.touched:
            same = (step.task, str(touched.line), str(touched.touch))
            times[same] += 1
            yield (*same, times[same]), Access(number, step, touched)


def _conflict(one: Access, other: Access) -> bool:
    is_written = one.is_write or other.is_write
    return is_written and one.step.task != other.step.task and _is_same(one, other)


def _is_same(one: Access, other: Access) -> bool:
    return one.touched.touch.thing.overlaps(other.touched.touch.thing)


def _before(first: Access, last: Access, every: Sequence[Access]) -> Access | None:
    """Return what the task of the last access did with the thing before the first."""
    earlier = [
        each
        for each in every
        if each.number < first.number
        and each.step.task == last.step.task
        and _is_same(each, last)
    ]
    return earlier[-1] if earlier else None
