"""Whether a thread has done anything since the last look, or the machine was busy."""

import sys
import time
from pathlib import Path

from .running import Running, now

# The share of the time since the last look that a working thread has the processor.
_WORKING = 0.5
_HAS_CLOCKS = hasattr(time, "pthread_getcpuclockid")


class ThreadActivity:
    """Compares the processor time of a thread with the time that has passed."""

    def __init__(self) -> None:
        """Begin with no look taken."""
        self._last = (0, 0.0, 0.0)

    def was_active(self, running: Running) -> bool:
        """Tell whether the thread has worked, or sleeps in a call, since the last look.

        It has done neither where the machine gave its time to others. Where the system
        tells nothing about threads, it is taken for active.
        """
        if not _HAS_CLOCKS:
            return True
        used = time.clock_gettime(time.pthread_getcpuclockid(running.thread))
        thread, before, at = self._last
        moment = now()
        self._last = (running.thread, used, moment)
        if thread != running.thread:
            return False
        return used - before > _WORKING * (moment - at) or _sleeps(running)


def _sleeps(running: Running) -> bool:
    if sys.platform != "linux":
        return True
    try:
        status = Path(f"/proc/self/task/{running.native_thread}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in "SD"
