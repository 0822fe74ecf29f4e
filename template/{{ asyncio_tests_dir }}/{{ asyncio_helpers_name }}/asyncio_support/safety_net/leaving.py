"""Ending a process that a hung test has left a thread to, which would keep it for ever.

A thread cannot be cancelled, and Python waits for it at the end. The report of the run
is complete by then.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable

from .places import place_of

ENDED = (
    "asyncio safety net: ended the process; these threads of hung tests would have "
    "kept it for ever: {threads}"
)

# Seconds that the threads get to end, after everything else has.
PATIENCE = 2.0
# Seconds between two looks at the main thread.
_TICK = 0.1
# What Python calls at its end; no public function says that it has come to that.
_SHUTDOWN: object = getattr(getattr(threading, "_shutdown", None), "__code__", None)


def leave_without(
    threads: Iterable[threading.Thread], status: Callable[[], int]
) -> None:
    """End the process when its main thread has ended, whatever these threads do.

    Args:
        threads: What may be left. Those that end in time are no reason for anything.
        status: Returns the status for the process to end with.
    """
    left = [each for each in threads if each.is_alive() and not each.daemon]
    if left:
        threading.Thread(target=_leave, args=(left, status), daemon=True).start()


def _leave(left: list[threading.Thread], status: Callable[[], int]) -> None:
    while not _is_ending():
        time.sleep(_TICK)
    deadline = time.monotonic() + PATIENCE
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    names = [_described(each) for each in left if each.is_alive()]
    if names:
        sys.stdout.flush()
        sys.stderr.write(ENDED.format(threads=", ".join(names)) + "\n")
        sys.stderr.flush()
        os._exit(status())


def _is_ending() -> bool:
    """Tell whether the main thread has ended, and waits for the others."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    return frame is None or frame.f_code is _SHUTDOWN


def _described(thread: threading.Thread) -> str:
    frames = sys._current_frames()  # noqa: SLF001 - documented
    where = place_of(frames.get(thread.ident or 0))
    return f"{thread.name!r} at {where}" if where else repr(thread.name)
