"""The time of one loop, taken over: it stands still until it is told to move on."""

import asyncio
import contextvars
import math
import time
from collections.abc import Callable
from heapq import heappop
from itertools import count
from typing import Any

# A loop runs what is due within this time, in seconds. Where the clock stands at a
# great number, adding it changes nothing any more.
_RESOLUTION = time.get_clock_info("monotonic").resolution

_METHODS = ("time", "call_at", "call_later")

# How many times, more than twice those of the timers that wait, are remembered.
_MANY = 1000

_Callback = Callable[..., object]
_Context = contextvars.Context | None


class Deadline(float):
    """A time for which a timer had been set already when this one was.

    On a real clock there are no equal ones: `sleep(1)` in two tasks ends in the order
    in which they began, some microseconds apart. The heap that loops keep timers in has
    no order for equals. It compares them as plain numbers: in Python that took half the
    time of a test with many timers.

    Attributes:
        number: The order in which those for the same time were set.
    """

    __slots__ = ("number",)

    number: int


class LoopTime:
    """Stands in for what a loop knows of time, until it is given back.

    Time goes on from where the loop's own has come to, so that timers which were set
    before stay what they were.

    Attributes:
        began: The loop's time when it was taken over.
        now: What it is told to be.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over."""
        self._loop: Any = loop
        self._numbers = count()
        self._set_timer: Callable[..., asyncio.TimerHandle] = loop.call_at
        self._times: set[float] = set()
        self._times_limit = 0
        self.began = self.now = loop.time()
        self._end = self.now + _RESOLUTION
        self._forget_times(self.timers)
        known = vars(loop)
        self._before = {name: known[name] for name in _METHODS if name in known}
        for name in _METHODS:
            setattr(loop, name, getattr(self, name))

    @property
    def timers(self) -> list[Any]:
        """Those that wait, as a heap: another one, after many have been cancelled."""
        timers: list[Any] = self._loop._scheduled  # noqa: SLF001 - no other way
        return timers

    def next_deadline(self) -> float | None:
        """Return when the next timer goes off; None if there is none."""
        # asyncio has removed those that were cancelled from the front.
        timers: list[Any] = self._loop._scheduled  # noqa: SLF001 - as above
        return timers[0]._when if timers else None  # noqa: SLF001 - done for each jump

    def time(self) -> float:
        """Take the place of the loop's own method."""
        return self.now

    def call_at(
        self, when: float, callback: _Callback, *args: Any, context: _Context = None
    ) -> asyncio.TimerHandle:
        """Take the place of the loop's own method."""
        deadline = self._deadline(when)
        return self._set_timer(deadline, callback, *args, context=context)

    def call_later(
        self, delay: float, callback: _Callback, *args: Any, context: _Context = None
    ) -> asyncio.TimerHandle:
        """Take the place of the loop's own method, which would ask for the time."""
        deadline = self._deadline(self.now + delay)
        return self._set_timer(deadline, callback, *args, context=context)

    def _deadline(self, when: float) -> float:
        if when not in self._times:
            self._times.add(when)
            return when
        deadline = Deadline(when)
        deadline.number = next(self._numbers)
        return deadline

    def move_to(self, when: float) -> list[Any]:
        """Let it be some later time; return what is due then."""
        self.now = when = float(when)
        if when + _RESOLUTION <= when:
            self.now = math.nextafter(when, math.inf)
        self._end = self.now + _RESOLUTION
        return self._off_heap(self._loop._scheduled)  # noqa: SLF001 - done for each jump

    def due(self) -> list[Any]:
        """Take those timers off the heap that are due, as the loop would do next."""
        timers: list[Any] = self._loop._scheduled  # noqa: SLF001 - asked at every turn
        is_due = timers and timers[0]._when < self._end  # noqa: SLF001 - as above
        return self._off_heap(timers) if is_due else []

    def _off_heap(self, timers: list[Any]) -> list[Any]:
        end = self._end
        due: list[Any] = []
        while timers and timers[0]._when < end:  # noqa: SLF001 - done for each timer
            timer = heappop(timers)
            timer._scheduled = False  # noqa: SLF001 - as the loop does
            due.append(timer)
        if len(due) > 1:
            due.sort(key=_order)
        if len(self._times) > self._times_limit:
            self._forget_times(timers)
        return due

    def _forget_times(self, timers: list[Any]) -> None:
        self._times = {each.when() for each in timers}
        self._times_limit = 2 * len(timers) + _MANY

    def give_back(self) -> None:
        """Let the loop have its own time; its timers have as long to go as they had."""
        for name in _METHODS:
            delattr(self._loop, name)
        for name, method in self._before.items():
            setattr(self._loop, name, method)
        shift = self._loop.time() - self.now
        last = -math.inf
        timers = self.timers
        timers.sort(key=_order)  # a sorted list is a heap
        for timer in timers:
            last = max(float(timer.when()) + shift, math.nextafter(last, math.inf))
            timer._when = last  # noqa: SLF001 - nothing else puts it off


def _order(timer: Any) -> tuple[float, int]:
    when = timer._when  # noqa: SLF001 - done for each timer
    return when, when.number if type(when) is Deadline else -1
