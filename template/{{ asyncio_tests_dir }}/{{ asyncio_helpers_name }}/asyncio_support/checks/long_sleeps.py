"""Waiting for time to pass, where a clock that jumps would do.

The watchdog sees that the loop waits for a timer, and that nothing else can wake it.
The test's own thread does nothing for it but note when real work begins.
"""

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from ..real_time import now
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.running import Running
from ..safety_net.timer_waits import NEEDS, TimerWaits, Wait
from ..safety_net.watchdog import Look

if TYPE_CHECKING:
    from ..safety_net.owners import Owner

LONG_SLEEP = Check(
    "long_sleep",
    "a test or fixture waited for nothing but time to pass, for a second or more",
    "use the fixture or marker `virtual_clock`, with which time jumps to the next "
    "timer; allow it where the wait is for something outside of this process",
    "Blocking and hanging",
    is_advice=True,
)
WHAT = (
    "{owner} waited {seconds:.1f} seconds in all for nothing but time to pass, "
    "{most:.1f} of them here"
)

# Seconds that a test or fixture may wait. Ten such tests take longer than a thousand
# others; what takes less is often a real timeout, for which nobody changes a test.
LIMIT = 1.0


class TheGuard(Guard):
    """Counts what tests and fixtures wait."""

    checks: ClassVar = (LONG_SLEEP,)
    needs: ClassVar = NEEDS

    def install(self, patches: Patches) -> None:
        """Have the watchdog call, and know when real work begins."""
        self._timer_waits = TimerWaits(self.net.watchdog)
        self._present: _Waited | None = None
        self._waited: WeakKeyDictionary[Owner, defaultdict[str, float]]
        self._waited = WeakKeyDictionary()
        self._worked = 0.0
        patches.wrap(selectors.DefaultSelector, "register", self._note_work)
        self.net.watchdog.call(self._look)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what is handed to threads."""
        patches.wrap(loop_class, "run_in_executor", self._note_work)

    def _note_work(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def begin(*args: Any, **named: Any) -> object:
            self._worked = now()
            return original(*args, **named)

        return begin

    def _look(self, look: Look) -> None:
        if look.running.is_cleanup:
            return
        if self._present is None or self._present.running is not look.running:
            self._present = _Waited(look.running)
        self._present.goes_on(self._timer_waits.at(look))

    def async_ends(self, running: Running) -> None:
        """Add up what was seen of it, and tell if that is too much."""
        present, self._present = self._present, None
        if present is None or present.running is not running:
            return
        present.goes_on(None)
        # What asks something outside now and then has to wait for it in between.
        if self._worked >= running.started:
            return
        waited = self._waited.setdefault(running.owner, defaultdict(float))
        before = _total(waited)
        for place, seconds in present.seconds.items():
            waited[place] += seconds
        if before < LIMIT <= _total(waited):
            self._tell(running.owner, waited)

    def _tell(self, owner: "Owner", waited: Mapping[str, float]) -> None:
        place, most = max(waited.items(), key=lambda each: each[1])
        what = WHAT.format(owner=owner, seconds=_total(waited), most=most)
        self.net.found(Finding(LONG_SLEEP, what, place, owner=owner))


class _Waited:
    """What one thing that runs has waited for.

    Attributes:
        running: What runs.
        seconds: How long, by the line that waited.
    """

    def __init__(self, running: Running) -> None:
        """It has not waited yet."""
        self.running = running
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._wait: Wait | None = None
        self._counted = running.started

    def goes_on(self, wait: Wait | None) -> None:
        """Count what has passed since the last look, of what was waited for then.

        Args:
            wait: What is waited for now.
        """
        moment = now()
        for each in (self._wait, wait):
            if each is not None:
                self._count(each, min(each.until, moment))
        self._wait, self._counted = wait, moment

    def _count(self, wait: Wait, end: float) -> None:
        begin = max(wait.since, self._counted)
        if end > begin:
            self.seconds[wait.place] += end - begin
            self._counted = end


def _total(waited: Mapping[str, float]) -> float:
    """Add up seconds, to tenths: what is before the first look is not seen."""
    return round(sum(waited.values()), 1)
