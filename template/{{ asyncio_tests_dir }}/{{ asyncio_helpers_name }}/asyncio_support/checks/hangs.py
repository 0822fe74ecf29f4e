"""A limit for every async test and fixture, and what to know when it has passed.

The loop is asked to stop first. Where it does not come to that, since sync code keeps
it, that code is interrupted. Where nothing in the process can wake the loop any more,
nobody waits for the limit.
"""

import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

import pytest

from ..real_time import now
from ..safety_net.debuggers import is_debugging
from ..safety_net.ending import end_tasks_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.idle_loop import IdleLoop, waits
from ..safety_net.interruption import Interruption
from ..safety_net.leaving import leave_without
from ..safety_net.patching import Patches
from ..safety_net.places import functions_of
from ..safety_net.private_names import Runner, uncaptured
from ..safety_net.report import TITLE, text_of
from ..safety_net.running import ENDED, Interrupted, Running
from ..safety_net.watchdog import Look

HANG = Check(
    "hang",
    "an async test or fixture did not end within asyncio_test_timeout, or never could",
    "see below what everything waits for; a longer limit for one test is "
    "@pytest.mark.asyncio_test_timeout(60)",
    "Blocking and hanging",
)
HUNG = "{hung} " + ENDED + "; the report of {test} tells what it waited for"
NEVER_ENDS = "{running} can never end: nothing is left to wake it"
NO_LIMIT_HELPS = (
    "see below what everything waits for: something or somebody has to let it go on"
)
TOO_LONG = "{running} did not end within {limit:g} seconds"

# Seconds that a loop gets to stop when it is asked to, before its code is interrupted,
# and then again for that code to come back.
STOPPING_LIMIT = 0.5


class TheGuard(Guard):
    """Limits what the watchdog watches."""

    checks: ClassVar = (HANG,)

    def install(self, patches: Patches) -> None:
        """Have the watchdog call, and be able to interrupt what it looks at."""
        self._hung: Running | None = None
        self._is_ended = False
        self._hung_in: pytest.Session | None = None
        self._threads = set(threading.enumerate())
        self._asked_at = 0.0
        self._interruption = Interruption(self._to_be_interrupted)
        self._interruption.install()
        self._idle = IdleLoop(self.net.watchdog)
        self.net.watchdog.call(self._look)
        self.net.ends_deadlock = self._ends_deadlock
        patches.wrap(Runner, "run", self._run)

    def remove(self) -> None:
        """Give back what it takes to interrupt; see to it that the process ends."""
        self._interruption.remove()
        session = self._hung_in
        if session is not None:
            left = set(threading.enumerate()) - self._threads
            leave_without(left, lambda: int(session.exitstatus))

    def _run(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Tell pytest of what was ended."""

        def run(*args: Any, **named: Any) -> object:
            __tracebackhide__ = True
            try:
                return original(*args, **named)
            except (Interrupted, RuntimeError):
                hung = self._to_be_interrupted()
                if hung is None or hung.is_cleanup:
                    raise
            if hung.owner is self.net.owner:
                # Hypothesis, for one, would try again what raises an `Exception`.
                raise Interrupted(str(hung))
            test = self.net.item.nodeid if self.net.item else "the run"
            pytest.fail(HUNG.format(hung=hung, test=test), pytrace=False)

        return run

    def _look(self, look: Look) -> None:
        running = look.running
        if is_debugging(look.frame):
            running.counts_from = now()
        elif running.is_cleanup:
            if running.limit is not None and running.seconds() > running.limit:
                self._end(look)
        elif running is self._hung:
            self._end(look)
        elif self._idle.can_never_wake(look):
            self._expire(look, NEVER_ENDS.format(running=running), NO_LIMIT_HELPS)
        elif running.limit is not None and running.seconds() > running.limit:
            what = TOO_LONG.format(running=running, limit=running.limit)
            self._expire(look, what)

    def _ends_deadlock(self, reason: str) -> bool:
        """End what runs, if a hang fails it; called by its own thread."""
        running = self.net.watchdog.running
        if running is None:
            return False
        look = Look(running, None, 0.0)
        finding = self._finding(look, f"{running} {reason}", NO_LIMIT_HELPS)
        is_ended = self.net.fails(finding)
        if is_ended:
            self._hang(running, finding)
        return is_ended

    def _expire(self, look: Look, what: str, remedy: str = "") -> None:
        running = look.running
        finding = self._finding(look, what, remedy)
        if self.net.watchdog.running is not running:
            return  # it has ended while the report was made
        self._forget_the_same(look, finding.stands_at)
        self._hang(running, finding)

    def _finding(self, look: Look, what: str, remedy: str) -> Finding:
        place, lines = self._report(look)
        return Finding(HANG, what, stands_at=place, details=lines, remedy=remedy)

    def _hang(self, running: Running, finding: Finding) -> None:
        is_ended = self.net.fails(finding)
        self._hung, self._asked_at, self._is_ended = running, now(), is_ended
        self.net.found(finding)
        item = self.net.item
        if is_ended:
            self.net.ended = running
            self._hung_in = item.session if item else None
            loop = running.loop()
            if loop is not None:
                with suppress(RuntimeError):  # closed meanwhile
                    loop.call_soon_threadsafe(partial(self._stop, running))
        elif item is not None and self.net.findings[-1:] == [finding]:
            # It may never come to a report.
            text = f"{TITLE}: {item.nodeid} goes on\n{text_of([finding])}\n"
            with uncaptured(item.config):
                sys.stderr.write(text)

    def _report(self, look: Look) -> "tuple[str, tuple[str, ...]]":
        """Return where what hangs stands, and a description of every task."""
        try:
            from ..safety_net.hang_report import hang_report  # noqa: PLC0415 - rare

            return hang_report(look.running, self.net.locks, look.frame)
        except Exception:  # noqa: BLE001 - a hang is to be ended whatever it looks like
            self.net.broken.append(traceback.format_exc())
            return "", ()

    def _forget_the_same(self, look: Look, place: str) -> None:
        """Leave out what was found of the very same code that hangs now."""
        here = functions_of(look.frame)
        self.net.findings[:] = [
            each
            for each in self.net.findings
            if each.made_at != place and each.made_at.partition(" in ")[2] not in here
        ]

    def _stop(self, running: Running) -> None:
        loop = running.loop()
        if loop is not None and self.net.watchdog.running is running:
            loop.stop()

    def _end(self, look: Look) -> None:
        """Interrupt it, and again if that was not enough."""
        running = look.running
        may_be_ended = not waits(look.frame) if running.is_cleanup else self._is_ended
        if may_be_ended and now() - self._asked_at > STOPPING_LIMIT:
            self._asked_at = now()
            self._interruption.interrupt(running)

    def _to_be_interrupted(self) -> Running | None:
        running = self.net.watchdog.running
        if running is None:
            return None
        is_hung = running is self._hung and self._is_ended
        return running if is_hung or running.is_cleanup else None

    def async_ends(self, running: Running) -> None:
        """End what a hung test or fixture has begun, so that its fixtures can end."""
        if running is not self._hung:
            return
        self._hung = None
        self._interruption.settle()
        if self._is_ended:
            for loop in tuple(running.loops):
                if not loop.is_closed() and not loop.is_running():
                    self.net.leftovers.tidy(loop, end_tasks_of(running.owner))
            self._interruption.settle()
