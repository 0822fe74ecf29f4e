"""A loop that waits, and that nothing outside can wake: no connection, no thread.

If it has no timer either, what it runs has hung, and no time limit has to pass to know
it; else it waits for nothing but time to pass. It is only said of asyncio's own loops,
and only where everything is known that could wake one: on Linux, which shows the
threads that other languages have started.
"""

import asyncio
import os
import selectors
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..loop_turns import turns_of
from .watchdog import Look, Watchdog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .running import Running

# Looks in a row at a loop that nothing can wake.
LOOKS = 3
# They have a thread that knows no loop of a test's: pytest-xdist talks through it.
_OTHERS = ("execnet.",)


class IdleLoop:
    """Looks at what could wake a loop."""

    def __init__(self, watchdog: Watchdog) -> None:
        """Take nothing that is there by now for something that can wake a loop.

        That are signal handlers, and the threads of other languages. Threads of
        Python's have to be known: a conftest.py may have started one for its tests.
        """
        self._watchdog = watchdog
        self._nameless = nameless_threads()
        self._handlers = _signal_handlers()
        self._running: Running | None = None
        self._looks = 0

    def can_never_wake(self, look: Look) -> bool:
        """Tell whether this was the case for some looks in a row."""
        if look.running is not self._running:
            self._running, self._looks = look.running, 0
        loop = look.running.loop()
        is_idle = loop is not None and not _has_timers(loop) and self.is_alone(look)
        self._looks = self._looks + 1 if is_idle and look.on_time else 0
        return self._looks >= LOOKS

    def is_alone(self, look: Look) -> bool:
        """Tell whether a loop waits, and nothing but its own timers can wake it."""
        loop = look.running.loop()
        return (
            isinstance(loop, asyncio.BaseEventLoop)
            and waits(look.frame)
            and not _has_work(loop)
            and _signal_handlers() <= self._handlers
            and not self._other_threads(look.running)
            and self._nameless is not None
            and (nameless_threads() or 0) <= self._nameless
        )

    def _other_threads(self, running: "Running") -> bool:
        frames = sys._current_frames()  # noqa: SLF001 - documented
        return any(
            thread.ident != running.thread
            and not self._watchdog.is_its_thread(thread)
            and not _knows_no_loop(frames.get(thread.ident or 0))
            for thread in threading.enumerate()
        )


def _has_timers(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop has something to call in time; so it is if nobody knows."""
    timers: Iterable[asyncio.TimerHandle] | None = getattr(loop, "_scheduled", None)
    return timers is None or any(not each.cancelled() for each in tuple(timers))


def _has_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop has something to call now, or something to hear from."""
    known: dict[str, Any] = vars(loop)
    if known.get("_ready", True) or known.get("_signal_handlers"):
        return True
    selector = known.get("_selector")
    if not isinstance(selector, selectors.BaseSelector):  # as on Windows
        return True
    turns = turns_of(loop)
    if turns is not None and (turns.are_looked_at or turns.are_waited_for):
        # For what anybody might bring about, other processes included; or by a virtual
        # clock, which has the timers, and tells by itself that nothing can happen.
        return True
    # It always listens to itself, for calls from other threads.
    return len(selector.get_map()) > 1


def _signal_handlers() -> set[object]:
    """Return the functions that Python would call on a signal."""
    handlers = map(signal.getsignal, signal.valid_signals() - {signal.SIGINT})
    return set(filter(callable, handlers))


def nameless_threads() -> int | None:
    """Count the threads that other languages have started; only Linux shows them."""
    try:
        every = os.scandir("/proc/self/task")
    except OSError:
        return None
    with every:
        return sum(1 for _ in every) - threading.active_count()


def waits(frame: FrameType | None) -> bool:
    """Tell whether a thread stands where a loop waits for what comes."""
    return frame is not None and frame.f_code.co_filename.endswith("selectors.py")


def _knows_no_loop(frame: FrameType | None) -> bool:
    """Tell whether a thread has nothing to do that could concern a loop."""
    if frame is None:
        return False
    if (
        _module(frame) == "concurrent.futures.thread"
        and frame.f_code.co_name == "_worker"
    ):
        jobs = frame.f_locals.get("work_queue")
        return jobs is not None and bool(jobs.empty())
    return _module(frame).startswith(_OTHERS)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
