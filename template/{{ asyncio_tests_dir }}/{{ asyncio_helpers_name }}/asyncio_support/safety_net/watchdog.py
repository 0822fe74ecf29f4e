"""A thread that looks at the main one now and then, while async code runs in it."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

from ..real_time import now
from .running import Interrupted, Running

# Seconds between two looks.
TICK = 0.05
# A look that comes later than this many ticks tells of a busy machine, not of a loop.
LATE = 2.0
# Seconds that the end of a test waits for a look. In a process that was forked during
# one, it would never end.
LONGEST_LOOK = 2.0


class Look(NamedTuple):
    """What the watchdog sees at one moment.

    Attributes:
        running: What runs.
        frame: The innermost frame of its thread.
        late: How many seconds later the watchdog came than it wanted to.
    """

    running: Running
    frame: FrameType | None
    late: float

    @property
    def on_time(self) -> bool:
        """Tell whether nothing was in the way of the watchdog."""
        return self.late < (LATE - 1) * TICK


class Watchdog:
    """Calls back at every tick while something runs.

    Attributes:
        running: What runs now; None while nothing does.
    """

    def __init__(self, broken: list[str]) -> None:
        """Prepare; the thread starts with the first async test.

        Args:
            broken: Where the traceback of what fails in here goes.
        """
        self.running: Running | None = None
        self._broken = broken
        self._lookers: list[Callable[[Look], None]] = []
        self._stop = threading.Event()
        self._looking = threading.Lock()
        self._thread: threading.Thread | None = None

    def call(self, looker: Callable[[Look], None]) -> None:
        """Call something at every tick, in the watchdog's thread."""
        self._lookers.append(looker)

    def watch(self, running: Running | None) -> None:
        """Watch this from now on; None is nothing."""
        # What is being looked at is not over before the look is.
        has_waited = False
        try:
            has_waited = self._looking.acquire(timeout=LONGEST_LOOK)
        except Interrupted:  # the look was about to end what is over by itself
            self.running, self._looking = running, threading.Lock()
        self.running = running
        if has_waited:
            self._looking.release()
        if self._thread is None and self._lookers:
            self._thread = threading.Thread(
                target=self._look_on, name="asyncio safety net", daemon=True
            )
            self._thread.start()

    def end(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def is_its_thread(self, thread: threading.Thread) -> bool:
        """Tell whether a thread is the watchdog's own."""
        return thread is self._thread

    def _look_on(self) -> None:
        last, used = now(), time.process_time()
        while not self._stop.wait(TICK):
            with self._looking:
                last, before = now(), last
                used, used_before = time.process_time(), used
                self._look_at(self.running, last - before - TICK, used - used_before)

    def _look_at(self, running: Running | None, late: float, used: float) -> None:
        if running is None:
            return
        frame = sys._current_frames().get(running.thread)  # noqa: SLF001 - documented
        look = Look(running, frame, late)
        # No limit counts the time that others had, or in which all stood still.
        if not look.on_time and used < late / 2:
            running.counts_from += late
        for looker in tuple(self._lookers):
            try:
                looker(look)
            except Exception:  # noqa: BLE001, PERF203 - no test is to suffer from it
                self._lookers.remove(looker)
                self._broken.append(traceback.format_exc())
