"""Real work in flight: whatever holds the clock, lest a timeout fires too early."""

import threading
from collections.abc import Callable, Sized

from ..loop_turns import Events, LoopTurns
from ..safety_net.idle_loop import nameless_threads
from ..safety_net.patching import Patches
from .connections import Connections
from .jobs import Jobs
from .threads import Threads

# What `active_count()` counts, without its lock: that took a tenth of a jump.
_THREADS: Sized = threading._active  # type: ignore[attr-defined]  # noqa: SLF001 - as said


class InFlight:
    """What is going on for real while the tasks of a loop are blocked.

    Attributes:
        holders: How many `held()` blocks of the user's are open.
    """

    def __init__(
        self,
        turns: LoopTurns,
        is_excepted: Callable[[threading.Thread], bool],
        nameless: int,
    ) -> None:
        """Begin to take notes.

        Args:
            turns: Those of the loop.
            is_excepted: Tells of a thread whether it never counts.
            nameless: How many threads of other languages never do.
        """
        self._nameless = nameless
        self.holders = 0
        self._loop = turns.loop
        self._signals: Sized = getattr(turns.loop, "_signal_handlers", ())
        self._turns = turns
        self._jobs = Jobs()
        self._threads = Threads(turns, is_excepted)
        self._connections = Connections(turns)
        self._patches = Patches()
        # Looked at in every turn.
        self._listening = self._connections.listening
        self._excepted = self._threads.excepted
        self._jobs.install(self._patches)
        self._connections.install(self._patches)

    def is_silent(self) -> bool:
        """Tell whether nothing can be heard, and nobody else is at work.

        Asked at every turn: so it is in most tests, and all else is only looked at
        where it is not.
        """
        return (
            len(self._listening) <= 1
            and len(_THREADS) <= len(self._excepted)
            and not (self._signals or self._jobs.any or self.holders)
        )

    def listen(self, seconds: float | None = 0) -> Events:
        """Wait for what comes; in real seconds, by default return what has by now."""
        events = self._turns.listen(seconds)
        self._connections.heard(events)
        return events

    def what(self) -> str:
        """Name something that is going on; empty if nothing is."""
        if self.holders:
            return "a `with virtual_clock.held():`"
        return (
            self._jobs.pending(self._loop)
            or self._threads.at_work()
            or self._connections.busy()
        )

    def could_come(self) -> bool:
        """Tell whether something might happen that nothing is known of now."""
        more = (nameless_threads() or 0) > self._nameless
        return more or self._threads.could_wake()

    def end(self) -> None:
        """Take no more notes."""
        self._patches.undo()
