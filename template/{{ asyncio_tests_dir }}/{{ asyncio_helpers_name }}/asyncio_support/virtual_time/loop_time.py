"""The time of one loop, taken over: it stands still until it is told to move on."""

import asyncio
import contextvars
import math
import time
from bisect import bisect_left
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

# A loop runs what is due within this time, in seconds. Where the clock stands at a
# great number, adding it changes nothing any more.
_RESOLUTION = time.get_clock_info("monotonic").resolution

_METHODS = ("time", "call_at", "call_later")

# How many timers, more than twice those that wait, are kept before those that were
# cancelled are looked for.
_MANY = 1000
# After so many timers that are due at once, and so great a part of all, the rest of
# them is taken at one go.
_FEW = 16

_Callback = Callable[..., object]
_Context = contextvars.Context | None
_Timers = list[tuple[Any, ...]]


class LoopTime:
    """Stands in for what a loop knows of time, until it is given back.

    Time goes on from where the loop's own has come to, so that timers which were set
    before stay what they were.

    The loop's own heap of timers stays empty. It compares them by a method, in Python,
    and has no order for equals. Here they are kept with their time and a number: so
    those of the same time go off in the order in which they were set, as on a real
    clock, where `sleep(1)` in two tasks ends in the order in which they began.

    Attributes:
        began: The loop's time when it was taken over.
        now: What it is told to be.
        end: Before when a timer is due.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over."""
        self._loop: Any = loop
        self._set_timer: Callable[..., asyncio.TimerHandle] = loop.call_at
        self._numbers = count()
        self._timers: _Timers = []
        self._limit = _MANY
        self.began = self.now = loop.time()
        self.end = self.now + _RESOLUTION
        known = vars(loop)
        # It is replaced where many were cancelled, of which it has none any more.
        self._own: list[Any] = known["_scheduled"]
        self._own.sort(reverse=True)
        self._take_all()
        self._before = {name: known[name] for name in _METHODS if name in known}
        for name in _METHODS:
            setattr(loop, name, getattr(self, name))

    def time(self) -> float:
        """Take the place of the loop's own method."""
        return self.now

    def call_at(
        self, when: float, callback: _Callback, *args: Any, context: _Context = None
    ) -> asyncio.TimerHandle:
        """Take the place of the loop's own method."""
        timer = self._set_timer(when, callback, *args, context=context)
        self._take_last()
        return timer

    def call_later(
        self, delay: float, callback: _Callback, *args: Any, context: _Context = None
    ) -> asyncio.TimerHandle:
        """Take the place of the loop's own method, which would ask for the time."""
        timer = self._set_timer(self.now + delay, callback, *args, context=context)
        self._take_last()
        return timer

    def _take_last(self) -> None:
        """Take the one timer that the loop has put into its heap."""
        timer = self._own.pop()
        # Its attribute, not its method: done for each timer.
        heappush(self._timers, (timer._when, next(self._numbers), timer))  # noqa: SLF001 - as said

    def _take_all(self) -> None:
        """Take what was there before, or was set by a method of the loop's class."""
        while self._own:
            self._take_last()

    def _forget_cancelled(self) -> None:
        self._timers = [each for each in self._timers if not each[2].cancelled()]
        heapify(self._timers)
        self._limit = 2 * len(self._timers) + _MANY

    def next_deadline(self) -> float | None:
        """Return when the next timer goes off; None if there is none."""
        if self._own:
            self._take_all()
        if len(self._timers) > self._limit:
            self._forget_cancelled()
        timers = self._timers
        while timers and timers[0][2]._cancelled:  # noqa: SLF001 - asked at every turn
            heappop(timers)
        return timers[0][0] if timers else None

    def move_to(self, when: float) -> list[Any]:
        """Let it be some later time; return what is due then."""
        self.now = when = float(when)
        self.end = when + _RESOLUTION
        if self.end <= when:
            self.now = math.nextafter(when, math.inf)
            self.end = self.now + _RESOLUTION
        return self.due()

    def due(self) -> list[Any]:
        """Take those timers that are due, in their order."""
        timers, end = self._timers, self.end
        due: list[Any] = []
        while timers and timers[0][0] < end:
            if len(due) >= _FEW and len(due) * _FEW >= len(timers):
                timers.sort()  # a sorted list is a heap
                first = bisect_left(timers, (end,))
                due += [timer for _, _, timer in timers[:first]]
                del timers[:first]
                break
            due.append(heappop(timers)[2])
        for timer in due:
            timer._scheduled = False  # noqa: SLF001 - as the loop does
        return due

    def give_back(self) -> None:
        """Let the loop have its own time; its timers have as long to go as they had."""
        for name in _METHODS:
            delattr(self._loop, name)
        for name, method in self._before.items():
            setattr(self._loop, name, method)
        shift = self._loop.time() - self.now
        last = -math.inf
        self._take_all()
        self._forget_cancelled()
        self._loop._timer_cancelled_count = 0  # noqa: SLF001 - of those in its heap
        for when, _, timer in sorted(self._timers):
            last = max(when + shift, math.nextafter(last, math.inf))
            timer._when = last  # noqa: SLF001 - nothing else puts it off
            self._own.append(timer)
