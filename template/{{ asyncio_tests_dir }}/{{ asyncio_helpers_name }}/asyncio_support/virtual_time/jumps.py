"""When the clock jumps: as soon as every task is blocked, and nothing real goes on."""

import asyncio
from collections.abc import Callable

from ..loop_turns import Events, LoopTurns, Timeout
from ..real_time import now
from .in_flight import InFlight
from .loop_time import LoopTime

# Real seconds between two looks at what holds the clock, where it does not tell by
# itself that it has ended: the first, and the longest.
_FIRST_LOOK = 0.001
_LONGEST_LOOK = 0.02


class Jumps:
    """Takes the place of waiting, in one loop.

    Attributes:
        on_jump: Called after each jump, with the seconds that it took.
        moving_to: Up to when time moves on whatever real work there is.
    """

    def __init__(
        self,
        time: LoopTime,
        turns: LoopTurns,
        work: InFlight,
        deadlocked: Callable[[], None],
    ) -> None:
        """Begin.

        Args:
            time: What is moved on.
            turns: Those of the loop.
            work: What holds the clock.
            deadlocked: Called where nothing is left that could ever happen.
        """
        self.on_jump: list[Callable[[float], object]] = []
        self.moving_to = time.now
        self._time = time
        self._turns = turns
        self._work = work
        self._deadlocked = deadlocked
        self._held_since: float | None = None
        self._next_look = _FIRST_LOOK
        self.end = turns.wait_by(self._wait)

    def _wait(self, timeout: Timeout) -> Events:
        __tracebackhide__ = True  # of an error that ends the test
        # Calls from other threads are in the loop's list before they wake it up.
        is_silent = self._work.is_silent()
        events = [] if is_silent else self._work.listen()
        deadline = self._time.next_deadline()
        is_due = deadline is not None and deadline < self._time.end
        if timeout == 0 or events or self._turns.ready or is_due:
            self._held_since = None
            return self._with_due(events, self._time.due()) if is_due else events
        if not is_silent:
            is_moving = deadline is not None and deadline <= self.moving_to
            if not is_moving and self._work.what():
                return self._wait_for_work(deadline)
        if deadline is None and self._work.could_come():
            return self._wait_for_work(None)
        # A thread that was looked at may have called, and be idle again, meanwhile.
        if not self._turns.ready:
            if deadline is None:
                self._deadlocked()
            else:
                self._jump(deadline)
        return []

    def _with_due(self, events: Events, due: list[asyncio.TimerHandle]) -> Events:
        """Have what is due run after what came, as the loop would, but in order."""
        if events:
            self._turns.accept(events)
            events = []
        self._turns.ready.extend(due)
        return events

    def _wait_for_work(self, deadline: float | None) -> Events:
        """Wait for real, but no longer than until the deadline on a real clock."""
        if self._held_since is None:
            self._held_since, self._next_look = now(), _FIRST_LOOK
        seconds = self._next_look
        self._next_look = min(2 * seconds, _LONGEST_LOOK)
        if deadline is not None:
            left = deadline - self._time.now - (now() - self._held_since)
            if left <= 0:
                self._jump(deadline)
                return []
            seconds = min(seconds, left)
        return self._work.listen(seconds)

    def _jump(self, deadline: float) -> None:
        self._held_since = None
        before = self._time.now
        self._turns.ready.extend(self._time.move_to(deadline))
        for tell in tuple(self.on_jump):
            tell(self._time.now - before)
