"""A limit for every async test and fixture, and what to know when it has passed.

The loop is asked to stop first. Where it does not come to that, since sync code keeps
it, that code is interrupted by a signal. Where nothing in the process can wake the loop
any more, nobody waits for the limit.
"""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import ClassVar, TypeVar

from ..safety_net.debuggers import is_debugging
from ..safety_net.ending import end_tasks_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.hang_report import hang_report
from ..safety_net.idle_loop import IdleLoop
from ..safety_net.patching import Patches
from ..safety_net.private_names import Runner
from ..safety_net.running import Interrupted, Running, now
from ..safety_net.watchdog import Look

T = TypeVar("T")

HANG = Check(
    "hang",
    "an async test or fixture did not end within asyncio_test_timeout, or never could",
    "see below what everything waits for; a longer limit for one test is "
    "@pytest.mark.asyncio_test_timeout(60)",
    "Blocking and hanging",
)

# Seconds that a loop gets to stop when it is asked to, before its code is interrupted.
STOPPING_LIMIT = 0.5
# The first that nobody else uses: it reaches the main thread also in a blocking call.
_SIGNALS = ("SIGVTALRM", "SIGPROF", "SIGUSR2")


class TheGuard(Guard):
    """Limits what the watchdog watches."""

    checks: ClassVar = (HANG,)

    def install(self, patches: Patches) -> None:
        """Have the watchdog call, and be able to interrupt the main thread."""
        self._hung: Running | None = None
        self._asked_at = 0.0
        self._signal = self._free_signal()
        if self._signal is not None:
            signal.signal(self._signal, self._interrupt)
        self._idle = IdleLoop(self.net)
        self.net.watchdog.call(self._look)
        patches.wrap(Runner, "run", self._restart)

    def _restart(self, original: Callable[..., T]) -> Callable[..., T]:
        """Limit each run of the loop: Hypothesis runs a test again and again."""

        def run(*args: object, **named: object) -> T:
            running = self.net.watchdog.running
            if running is not None and running.thread == threading.get_ident():
                running.started = now()
            return original(*args, **named)

        return run

    def remove(self) -> None:
        """Give the signal back."""
        if self._signal is not None:
            signal.signal(self._signal, signal.SIG_DFL)

    def _free_signal(self) -> "signal.Signals | None":
        if threading.current_thread() is not threading.main_thread():
            return None
        known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        free = (each for each in known if signal.getsignal(each) is signal.SIG_DFL)
        return next(free, None)

    def _look(self, look: Look) -> None:
        running = look.running
        if running is self._hung:
            if self._may_stop() and now() - self._asked_at > STOPPING_LIMIT:
                self._asked_at = now()
                self._interrupt_main(running)
        elif is_debugging(look.frame):
            running.started = now()
        elif self._idle.can_never_wake(look):
            self._expire(look, f"{running} can never end: nothing is left to wake it")
        elif running.limit is not None and running.seconds() > running.limit:
            self._expire(
                look, f"{running} did not end within {running.limit:g} seconds"
            )

    def _may_stop(self) -> bool:
        return self.net.fails(HANG)

    def _expire(self, look: Look, what: str) -> None:
        running = look.running
        self._hung, self._asked_at = running, now()
        loop = running.loop()
        report = hang_report(running, self.net.locks, look.frame)
        if self.net.watchdog.running is not running:
            return
        place, lines = report.place, report.lines
        findings = self.net.findings
        findings[:] = [each for each in findings if each.made_at != place]
        self.net.found(Finding(HANG, what, stands_at=place, details=lines))
        if loop is not None and self._may_stop():
            with suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(partial(self._stop, running))

    def _stop(self, running: Running) -> None:
        loop = running.loop()
        if loop is not None and self.net.watchdog.running is running:
            loop.stop()

    def _interrupt_main(self, running: Running) -> None:
        if self._signal is not None and running.thread == threading.main_thread().ident:
            signal.pthread_kill(running.thread, self._signal)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        running = self.net.watchdog.running
        if running is not None and running is self._hung:
            raise Interrupted(str(running))

    def async_ends(self, running: Running) -> None:
        """End what a hung test or fixture has begun, so that its fixtures can end."""
        if running is not self._hung or not self._may_stop():
            return
        self._hung = None
        for loop in tuple(running.loops):
            if not loop.is_closed() and not loop.is_running():
                with suppress(Exception):
                    loop.run_until_complete(end_tasks_of(running.owner))
