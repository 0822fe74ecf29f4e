"""Code that keeps the loop from coming round, found by how long it takes.

The watchdog sends the loop a call and looks whether it comes to it. What counts is the
time that the thread has worked meanwhile, or slept in a call: a busy machine is no
blocked loop.
"""

import selectors
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar

from ..blocking_allowed import is_allowed
from ..real_time import now
from ..safety_net.debuggers import is_debugging
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.places import is_importing, place_of
from ..safety_net.thread_activity import ThreadActivity
from ..safety_net.watchdog import TICK, Look
from ..user_code import is_users

if TYPE_CHECKING:
    from ..safety_net.running import Running

STALLED_LOOP = Check(
    "stalled_loop",
    "code kept the loop from coming round for a fifth of a second",
    "move the work to a thread or process, or `await asyncio.sleep(0)` now and then",
    "Blocking and hanging",
)

# Seconds that the loop may stand still while its thread works, or sleeps in a call.
LIMIT = 0.2
# How often the same line has to be seen meanwhile.
LOOKS_AT_A_LINE = 2
_START = threading.Thread.start.__code__
# Importing, comparing for an assertion and debugging take their time once, or rightly.
_EXCUSED = ("_pytest", "bdb.py", "pdb.py", "pydevd", "debugpy")


class TheGuard(Guard):
    """Looks from another thread at a loop that should come round."""

    checks: ClassVar = (STALLED_LOOP,)

    def install(self, patches: Patches) -> None:
        """Have the watchdog call."""
        self._beaten = True
        self._running: Running | None = None
        self._places: Counter[str] = Counter()
        self._stalled = 0.0
        self._activity = ThreadActivity()
        # When the loop of each thread has last looked for what comes.
        self._came_round: dict[int, float] = {}
        patches.wrap(selectors.DefaultSelector, "select", self._note_round)
        self.net.watchdog.call(self._look)

    def _note_round(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def select(selector: object, timeout: float | None = None) -> object:
            self._came_round[threading.get_ident()] = now()
            return original(selector, timeout)

        return select

    def _look(self, look: Look) -> None:
        loop = look.running.loop()
        active = self._activity.seconds(look)
        if loop is not None and self._had_to_wait(look, active):
            if not self._is_excused(look.frame):
                self._found(place_of(look.frame), active)
        elif self._beaten or look.running is not self._running:
            # A loop that does not run yet, or no more, keeps nobody waiting.
            self._running, self._beaten = look.running, loop is None
            self._places.clear()
            self._stalled = 0.0
            with suppress(RuntimeError):  # closed meanwhile
                if loop is not None:
                    loop.call_soon_threadsafe(self._beat)
        elif active and not self._is_excused(look.frame):
            self._places[place_of(look.frame)] += 1
            self._stalled += active
            self._judge()

    def _had_to_wait(self, look: Look, worked: float) -> bool:
        """Tell whether the watchdog came late since the thread let nobody else run.

        Code in C, a regular expression or `sorted`, keeps Python's lock until it is
        done, and hands it over at the very line that called it. On a busy machine the
        watchdog is late as well, but the loop comes round meanwhile.
        """
        running = look.running
        seen = self._came_round.get(running.thread, 0.0)
        if look.on_time or seen < running.started:
            return False
        moment = now()
        period = min(look.late + TICK, moment - running.started)
        since = moment - seen
        return worked - max(period - since, 0.0) >= LIMIT

    def _is_excused(self, frame: FrameType | None) -> bool:
        item = self.net.item
        return (
            _is_others(frame)
            or is_importing(frame)
            or is_debugging(frame)
            or (item is not None and is_allowed(item.config, "", frame))
        )

    def _beat(self) -> None:
        self._beaten = True

    def _judge(self) -> None:
        ((place, count),) = self._places.most_common(1)
        if self._stalled < LIMIT or count < LOOKS_AT_A_LINE or not place:
            return
        self._found(place, LIMIT)

    def _found(self, place: str, seconds: float) -> None:
        if place and not any(place == known.made_at for known in self.net.findings):
            what = f"the loop did not come round for more than {seconds:.1g} seconds"
            self.net.found(Finding(STALLED_LOOP, what, place))


def _is_others(frame: FrameType | None) -> bool:
    """Tell whether the innermost line of the user's is not what takes the time."""
    while frame is not None and not is_users(frame.f_code.co_filename):
        if any(each in frame.f_code.co_filename for each in _EXCUSED):
            return True
        # Waits until the new thread runs: at once, unless the machine is busy.
        if frame.f_code is _START:
            return True
        frame = frame.f_back
    return frame is None
