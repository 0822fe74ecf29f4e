"""The virtual clock, as tests use it."""

import asyncio
import math
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from ..loop_turns import needed_turns_of
from .in_flight import InFlight
from .jumps import Jumps
from .loop_time import LoopTime

BAD_TIME = (
    "virtual_clock.{method}: {given!r} is not a number of seconds to let pass; "
    "pass zero or more"
)
VIRTUAL_ALREADY = (
    "this loop's time is virtual already; use the fixture `virtual_clock`, or end() "
    "the clock that is there"
)
TOOK = (
    "this took {taken:g} seconds of virtual time, not {expected}; look at what sleeps, "
    "or has a timeout, inside the `with`"
)

# Digits of virtual seconds after the point. A loop's time begins at the uptime of the
# machine, so that the last digits of differences are noise.
_DIGITS = 6


class VirtualClock:
    """A clock for one event loop that does not tick: it jumps.

    As soon as every task of the loop is blocked, it jumps to the next deadline: that of
    an `asyncio.sleep`, of a timeout, of a `call_later`. So an hour of sleeping takes no
    time, and always the same number of seconds. Timers go off in their order, those of
    equal deadlines in the order in which they were set.

    Real work holds it, lest a timeout fires that would not have: a job of an executor,
    a thread that was started in the test, a child process or a connection to something
    that is not on this loop, while a task waits for it. Such work takes no virtual
    time; if it takes longer than the next deadline is away, the deadline comes first,
    as it would on a real clock. So nothing ever takes longer than without the clock.

    Only the loop's time is virtual. `time.monotonic()`, `time.time()` and dates stay
    real; freezegun and time-machine work beside it, and follow it with `on_jump`.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deadlocked: Callable[[], None],
        is_excepted: Callable[[threading.Thread], bool],
        nameless_threads: int,
    ) -> None:
        """Take over a loop's time; the fixture `virtual_clock` does so for tests.

        Args:
            loop: The loop, which need not be running.
            deadlocked: Called from the loop where nothing can ever happen any more.
            is_excepted: Tells which threads are of no concern to it.
            nameless_threads: How many threads of other languages are not, either.

        Raises:
            RuntimeError: The loop is not one of asyncio's own with a selector, or has
                a virtual clock.
        """
        self._turns = turns = needed_turns_of(loop, "virtual_clock")
        is_virtual = isinstance(getattr(loop.time, "__self__", None), LoopTime)
        if is_virtual:
            raise RuntimeError(VIRTUAL_ALREADY)
        self._loop = loop
        self._time = LoopTime(loop)
        self._work = InFlight(turns, is_excepted, nameless_threads)
        self._jumps = Jumps(self._time, turns, self._work, deadlocked)

    @property
    def now(self) -> float:
        """Virtual seconds since the clock took over, to the microsecond."""
        return round(self._time.now - self._time.began, _DIGITS)

    @property
    def held_by(self) -> str:
        """What real work holds the clock at this moment; empty if nothing does."""
        return self._work.what()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due by then.

        It returns when what came due has run up to its next wait. Unlike with
        `asyncio.sleep`, real work in flight is not waited for.

        Args:
            seconds: How many; 0 lets run what is due now.

        Raises:
            ValueError: The number is negative, infinite or none at all.
        """
        until = self._time.now + _checked(seconds, "advance")
        self._jumps.moving_to = max(self._jumps.moving_to, until)
        await asyncio.sleep(seconds)
        while self._turns.ready:  # noqa: ASYNC110 - what comes due sets no event
            await asyncio.sleep(0)

    @contextmanager
    def held(self) -> Generator[None, None, None]:
        """Hold the clock, as for real work that it cannot know of.

        Such is what threads of other languages do, and descriptors that no task waits
        for by a future.
        """
        self._work.holders += 1
        try:
            yield
        finally:
            self._work.holders -= 1

    @contextmanager
    def assert_takes(self, seconds: Any) -> Generator[None, None, None]:
        """Assert how much virtual time passes inside the `with`.

        Args:
            seconds: Exactly how many, or what they are compared with:
                `pytest.approx(3, abs=0.5)`.

        Raises:
            AssertionError: It took more or less.
        """
        __tracebackhide__ = True
        before = self.now
        yield
        taken = round(self.now - before, _DIGITS)
        if taken != seconds:
            raise AssertionError(TOOK.format(taken=taken, expected=seconds))

    def on_jump(self, tell: Callable[[float], object]) -> None:
        """Have something called after each jump, with the seconds that it took.

        So other clocks follow: freezegun's by `virtual_clock.on_jump(frozen.tick)`,
        time-machine's by `virtual_clock.on_jump(traveller.shift)`.
        """
        self._jumps.on_jump.append(tell)

    def end(self) -> None:
        """Give the loop its own time; timers have as long to go as they had."""
        self._jumps.end()
        self._work.end()
        if not self._loop.is_closed():
            self._time.give_back()

    def __repr__(self) -> str:
        """Tell the time."""
        return f"<VirtualClock at {self.now:g} seconds>"


def _checked(seconds: Any, method: str) -> float:
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    checked = float(seconds) if is_number else math.nan
    if not 0 <= checked < math.inf:
        raise ValueError(BAD_TIME.format(method=method, given=seconds))
    return checked
