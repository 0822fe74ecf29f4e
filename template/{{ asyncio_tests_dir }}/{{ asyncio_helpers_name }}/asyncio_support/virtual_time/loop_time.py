"""The time of one loop, taken over: it stands still until it is told to move on."""

import asyncio
import contextvars
import math
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

# A loop runs what is due within this time, in seconds. Where the clock stands at a
# great number, adding it changes nothing any more.
_RESOLUTION = time.get_clock_info("monotonic").resolution

_METHODS = ("time", "call_at", "call_later")

# How many timers, more than those that wait, are cancelled before they are looked for.
_MANY = 1000
# After so many deadlines that have come at once, and so great a part of all, the rest
# of them is taken at one go.
_FEW = 16

_Callback = Callable[..., object]
_Context = contextvars.Context | None
# The one of a deadline, or several in the order in which they were set.
_Timers = asyncio.TimerHandle | list[Any]


class LoopTime:
    """Stands in for what a loop knows of time, until it is given back.

    Time goes on from where the loop's own has come to, so that timers which were set
    before stay what they were.

    The loop's own heap of timers stays empty. It compares them by a method, in Python,
    and has no order for equals. Here the heap is one of deadlines, which are numbers,
    and each has its timers: so those of the same time go off in the order in which they
    were set, as on a real clock, where `sleep(1)` in two tasks ends in the order in
    which they began. Nothing is made for a timer but its places in there: whatever the
    garbage collector counts brings on its next look at everything.

    Attributes:
        began: The loop's time when it was taken over.
        now: What it is told to be.
        end: Before when a timer is due.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over."""
        self._loop: Any = loop
        self._set_timer: Callable[..., asyncio.TimerHandle] = loop.call_at
        self._deadlines: list[float] = []
        self._timers: dict[float, _Timers] = {}
        self._limit = _MANY
        self.began = self.now = loop.time()
        self.end = self.now + _RESOLUTION
        known = vars(loop)
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
        self._take(self._loop._scheduled.pop())  # noqa: SLF001 - its heap
        return timer

    def call_later(
        self, delay: float, callback: _Callback, *args: Any, context: _Context = None
    ) -> asyncio.TimerHandle:
        """Take the place of the loop's own method, which would ask for the time."""
        timer = self._set_timer(self.now + delay, callback, *args, context=context)
        self._take(self._loop._scheduled.pop())  # noqa: SLF001 - its heap
        return timer

    def _take(self, timer: Any) -> None:
        when = timer._when  # noqa: SLF001 - its method is slower; done for each timer
        others = self._timers.setdefault(when, timer)
        if others is timer:
            heappush(self._deadlines, when)
        elif isinstance(others, list):
            others.append(timer)
        else:
            self._timers[when] = [others, timer]

    def _take_all(self) -> None:
        """Take what was there before, or was set by a method of the loop's class."""
        # Looked up each time: a loop that finds too many cancelled ones in its heap
        # makes itself a new one.
        own = self._loop._scheduled  # noqa: SLF001 - its heap
        for timer in sorted(own):
            self._take(timer)
        own.clear()

    def _forget_cancelled(self) -> None:
        waiting = [t for t in self._all(self._deadlines) if not t.cancelled()]
        self._deadlines.clear()
        self._timers.clear()
        for timer in waiting:
            self._take(timer)
        self._loop._timer_cancelled_count = 0  # noqa: SLF001 - the loop counts them
        self._limit = len(waiting) + _MANY

    def _all(self, deadlines: Iterable[float]) -> list[Any]:
        """Return the timers of some deadlines."""
        found: list[Any] = []
        for when in deadlines:
            timers = self._timers[when]
            if isinstance(timers, list):
                found += timers
            else:
                found.append(timers)
        return found

    def next_deadline(self) -> float | None:
        """Return when the next timer goes off; None if there is none."""
        if self._loop._scheduled:  # noqa: SLF001 - its heap
            self._take_all()
        if self._loop._timer_cancelled_count > self._limit:  # noqa: SLF001 - as above
            self._forget_cancelled()
        deadlines = self._deadlines
        while deadlines and self._is_cancelled(deadlines[0]):
            del self._timers[heappop(deadlines)]
        return deadlines[0] if deadlines else None

    def _is_cancelled(self, deadline: float) -> bool:
        """Tell whether no timer of a deadline is to go off."""
        timers = self._timers[deadline]
        if not isinstance(timers, list):
            return timers.cancelled()
        while timers and timers[-1].cancelled():
            timers.pop()
        return not timers

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
        deadlines, end = self._deadlines, self.end
        come: list[float] = []
        while deadlines and deadlines[0] < end:
            if len(come) >= _FEW and len(come) * _FEW >= len(deadlines):
                deadlines.sort()  # a sorted list is a heap
                first = bisect_left(deadlines, end)
                come += deadlines[:first]
                del deadlines[:first]
                break
            come.append(heappop(deadlines))
        due = self._all(come)
        for when in come:
            del self._timers[when]
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
        for timer in self._all(sorted(self._deadlines)):
            when = timer.when()
            last = max(when + shift, math.nextafter(last, math.inf))
            timer._when = last  # noqa: SLF001 - nothing else puts it off
            self._loop._scheduled.append(timer)  # noqa: SLF001 - its heap
