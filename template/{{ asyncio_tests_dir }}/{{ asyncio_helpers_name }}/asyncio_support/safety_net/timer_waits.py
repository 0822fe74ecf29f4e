"""A loop that waits for time to pass: for how long, and who wants it to.

It is seen at single looks, from another thread. What is said of a wait is what the loop
itself has set out to do, so that neither a busy machine nor a late look adds to it.
"""

import asyncio
import heapq
import os
import sys
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from ..real_time import now
from .debuggers import is_debugging
from .idle_loop import IdleLoop
from .timer_places import place_of_timer
from .watchdog import Look, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The private names that it takes to see it.
NEEDS = (
    *("loop._scheduled", "loop._ready", "loop._selector"),
    *("asyncio.BaseEventLoop._run_once", "asyncio.Task._fut_waiter"),
    *("asyncio.TimerHandle._callback", "asyncio.TimerHandle._args"),
)
# Timers among which the user's is looked for; a library may have some before it.
_TIMERS = 5


class Wait(NamedTuple):
    """What a loop waits for at a look.

    Attributes:
        place: The line of the user's that wants it to.
        since: When it began, in seconds of `now()`.
        until: When it ends, if nothing comes between.
    """

    place: str
    since: float
    until: float


class TimerWaits:
    """Looks for waits that a clock which jumps would not need."""

    def __init__(self, watchdog: Watchdog) -> None:
        """Nothing that is there by now is taken for something that works."""
        self._idle = IdleLoop(watchdog)
        self._timer: Callable[[], object] = lambda: None
        self._place = ""

    def at(self, look: Look) -> Wait | None:
        """Return what a loop waits for; None unless it is a timer and nothing else."""
        loop = look.running.loop()
        if loop is None or not self._idle.is_alone(look) or not _keeps_time(loop):
            return None
        timers: Sequence[asyncio.TimerHandle] = getattr(loop, "_scheduled", ())
        if not timers or _has_children() or is_debugging(look.frame):
            return None
        moment, left = now(), timers[0].when() - loop.time()
        since = moment - (_seconds_of(look.frame) - left)
        wait = Wait(self._place_of(timers, look), since, moment + left)
        # What was seen belongs together only if the loop has not gone on meanwhile.
        frames = sys._current_frames()  # noqa: SLF001 - documented
        is_still_there = frames.get(look.running.thread) is look.frame
        return wait if wait.place and is_still_there else None

    def _place_of(self, timers: "Sequence[asyncio.TimerHandle]", look: Look) -> str:
        """Name the line that waits for the first timer that is the user's."""
        first = timers[0]
        if self._timer() is not first:
            self._timer = ref(first)
            self._place = place_of_timer(first, look) or _place_of_next(timers, look)
        return self._place


def _place_of_next(timers: "Sequence[asyncio.TimerHandle]", look: Look) -> str:
    following = [timer for timer in tuple(timers) if not timer.cancelled()]
    nearest = heapq.nsmallest(_TIMERS, following)
    return next(filter(None, (place_of_timer(each, look) for each in nearest)), "")


def _keeps_time(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop's clock is the real one, and nobody else waits for it."""
    is_real = type(loop).time is asyncio.BaseEventLoop.time and "time" not in vars(loop)
    selector = getattr(loop, "_selector", None)
    return is_real and "select" not in getattr(selector, "__dict__", ())


def _seconds_of(frame: FrameType | None) -> float:
    """Return for how long in all a loop has set out to wait."""
    while frame is not None and frame.f_code.co_name != "_run_once":
        frame = frame.f_back
    seconds: float | None = frame.f_locals.get("timeout") if frame else None
    return seconds or 0.0


def _has_children() -> bool:
    """Tell whether a process was started, and not waited for yet: it may be at work."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
