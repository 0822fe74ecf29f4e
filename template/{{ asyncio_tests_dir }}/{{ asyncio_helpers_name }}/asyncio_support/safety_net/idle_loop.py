"""A loop that waits and that nothing can wake: no timer, no connection, no thread.

What it runs has hung, and no time limit has to pass to know it. It is only said of
asyncio's own loops, and only where every thread of the process is known.
"""

import asyncio
import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, cast

from .watchdog import Look

if TYPE_CHECKING:
    from .net import SafetyNet

# Looks in a row at a loop that nothing can wake.
LOOKS = 3


class IdleLoop:
    """Looks at what could wake a loop."""

    def __init__(self, net: "SafetyNet") -> None:
        """Take the threads that there are for ones that know no loop of a test's."""
        self._watchdog = net.watchdog
        self._old = set(threading.enumerate())
        self._nameless = _nameless_threads()
        self._looks = 0
        self._tasks: object = None

    def can_never_wake(self, look: Look) -> bool:
        """Tell whether this was the case for some looks in a row."""
        loop = look.running.loop()
        is_idle = loop is not None and waits(look.frame) and self._is_alone(loop)
        self._looks = self._looks + 1 if is_idle else 0
        return self._looks >= LOOKS

    def _is_alone(self, loop: asyncio.AbstractEventLoop) -> bool:
        return (
            isinstance(loop, asyncio.BaseEventLoop)
            and not _has_work(loop)
            and not _handles_signals()
            and not self._other_threads()
            and _nameless_threads() <= self._nameless
        )

    def _other_threads(self) -> bool:
        frames = sys._current_frames()  # noqa: SLF001 - documented
        return any(
            thread not in self._old
            and not self._watchdog.is_its_thread(thread)
            and not _is_idle_worker(frames.get(thread.ident or 0))
            for thread in threading.enumerate()
        )


def _has_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop has something to call, a timer, or something to hear from."""
    known = vars(loop)
    if known["_ready"] or known.get("_signal_handlers"):
        return True
    if any(not timer.cancelled() for timer in tuple(known["_scheduled"])):
        return True
    # It always listens to itself, for calls from other threads.
    return len(known["_selector"].get_map()) > 1


def _handles_signals() -> bool:
    """Tell whether a signal may be awaited that tests are known to use."""
    names = ("SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD")
    known = (getattr(signal, name) for name in names if hasattr(signal, name))
    return any(callable(signal.getsignal(each)) for each in known)


def _nameless_threads() -> int:
    """Count the threads that other languages have started; without Linux, none."""
    try:
        return len(os.listdir("/proc/self/task")) - threading.active_count()
    except OSError:
        return 0


def waits(frame: FrameType | None) -> bool:
    """Tell whether a thread stands where a loop waits for what comes."""
    return frame is not None and frame.f_code.co_filename.endswith("selectors.py")


def _is_idle_worker(frame: FrameType | None) -> bool:
    """Tell whether a thread is one of an executor's and has nothing to do."""
    if frame is None:
        return False
    name = cast("str", frame.f_globals.get("__name__", ""))
    return name == "concurrent.futures.thread" and frame.f_code.co_name == "_worker"
