"""Whether a thread has done anything since the last look, or the machine was busy."""

import sys
import time
from pathlib import Path

from ..real_time import now
from .running import Running
from .watchdog import TICK, Look

_HAS_CLOCKS = hasattr(time, "pthread_getcpuclockid")


class ThreadActivity:
    """Knows the processor time of a thread, and whether it sleeps."""

    def __init__(self) -> None:
        """Begin with no look taken."""
        self._thread = 0
        self._used = 0.0
        self._at = 0.0

    def seconds(self, look: Look) -> float:
        """Return how long the thread worked, or slept in a call, since the last look.

        It has done neither where the machine gave its time to others. Where the system
        tells nothing of threads, the time that has passed counts.
        """
        running, moment = look.running, now()
        passed, self._at = moment - max(self._at, running.started), moment
        used = _used_by(running)
        is_known, self._thread = running.thread == self._thread, running.thread
        before = self._used if is_known else 0.0
        worked, self._used = used - max(before, running.worked_before), used
        # Not asked without need: that lets go of Python's lock, which the thread may
        # then keep for long.
        is_idle = look.on_time and worked < passed / 2
        if is_idle and (not _HAS_CLOCKS or _sleeps(running)):
            return min(passed, 2 * TICK)
        return worked


def _used_by(running: Running) -> float:
    """Return the processor time of a thread, in seconds."""
    if not _HAS_CLOCKS:
        return 0.0
    return time.clock_gettime(time.pthread_getcpuclockid(running.thread))


def _sleeps(running: Running) -> bool:
    if sys.platform != "linux":
        return True
    try:
        status = Path(f"/proc/self/task/{running.native_thread}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in "SD"
