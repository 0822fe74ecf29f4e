"""What tests and fixtures leave behind: it is found, told of, and ended."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence, Sized
from contextlib import suppress
from time import sleep
from typing import TYPE_CHECKING

from ..real_time import now
from .ending import ENDING_LIMIT, SETTLING_LIMIT, end_all, settle
from .guard import Leftover, WatchedLoop
from .owners import Owner
from .running import Interrupted, Running

if TYPE_CHECKING:
    from .net import SafetyNet

# Seconds that a clean-up may take beyond what it waits for.
MORE_TIME = 1.0

LookAtLoop = Callable[[WatchedLoop], Iterable[Leftover]]
LookBehind = Callable[[], Iterable[Leftover]]


class Leftovers:
    """Looks for what is left when a loop, a fixture or a test ends.

    Attributes:
        held: What the guards keep of tests and fixtures; empty if nothing is left.
    """

    def __init__(
        self,
        net: "SafetyNet",
        on_loop: Iterable[LookAtLoop],
        behind: Iterable[LookBehind],
    ) -> None:
        """Know who looks.

        Args:
            net: Hears of what is found.
            on_loop: Return what is left on a loop.
            behind: Return what else is left.
        """
        self._net = net
        self._on_loop = on_loop
        self._behind = behind
        self.held: Sequence[Sized] = ()

    def of_loop(
        self, loop: asyncio.AbstractEventLoop, scope: str, *, is_ending: bool
    ) -> None:
        """Look at a loop, between two runs or before it is closed."""
        if loop.is_closed() or loop.is_running():
            return
        watched = WatchedLoop(loop, scope, is_ending)
        self._net.young.collect()
        if not any(map(bool, self.held)) or not self._left_on(watched):
            return
        self.tidy(loop, settle())
        left = self._left_on(watched)
        to_end = self._told(left)
        self.tidy(loop, end_all(to_end), things=len(to_end))

    def _left_on(self, watched: WatchedLoop) -> list[Leftover]:
        return [each for look in self._on_loop for each in look(watched)]

    def _told(self, left: Iterable[Leftover]) -> list[Leftover]:
        """Tell of what is left, once; return what is to be ended."""
        to_end: list[Leftover] = []
        for each in left:
            self._net.found(each.finding)
            each.forget()
            if self._net.fails(each.finding):
                to_end.append(each)
        return to_end

    def tidy(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[object, object, None],
        things: int = 1,
    ) -> None:
        """Run the net's own work on a loop, for which code of the user's is called.

        That may hang too, and is interrupted then: when nobody waits for it any more.

        Args:
            loop: The loop.
            work: What to do.
            things: How many are ended, one after the other.
        """
        net = self._net
        outer = net.watchdog.running
        owner = net.owner or Owner("")
        limit = ENDING_LIMIT * things + MORE_TIME
        cleanup = Running(owner, "the clean-up of", limit, net.loops, is_cleanup=True)
        net.watchdog.watch(cleanup)
        try:
            with suppress(Exception, Interrupted):  # must not hide what was found
                loop.run_until_complete(work)
        finally:
            net.watchdog.watch(outer)

    def of_process(self) -> None:
        """Look at everything else, of tests and fixtures that are over."""
        if any(map(bool, self.held)):
            self._net.attempt(self._of_process)

    def _of_process(self) -> None:
        deadline = 0.0
        while left := [each for look in self._behind for each in look()]:
            deadline = deadline or now() + SETTLING_LIMIT
            if now() > deadline:
                break
            sleep(0.01)
        for each in self._told(left):
            with suppress(Exception):
                each.end()
