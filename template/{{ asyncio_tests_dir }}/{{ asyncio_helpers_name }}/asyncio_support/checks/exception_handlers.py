"""A loop's exception handler that stays on a loop which other tests share."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import made_here

EXCEPTION_HANDLER = Check(
    "exception_handler",
    "a loop that other tests share kept the exception handler that a test gave it",
    "put the former one back in a `finally`, or in a fixture's teardown",
    "Left behind",
)


class TheGuard(Guard):
    """Notes every exception handler that is set."""

    checks: ClassVar = (EXCEPTION_HANDLER,)

    def install(self, patches: Patches) -> None:
        """Have noted none."""
        self._told: dict[asyncio.AbstractEventLoop, object] = {}
        self._changes: dict[asyncio.AbstractEventLoop, tuple[Any, str, Owner | None]]
        self._changes = {}
        self.held = (self._changes,)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what sets them."""
        patches.wrap(loop_class, "set_exception_handler", self._note)

    def _note(self, original: Callable[..., None]) -> Callable[..., None]:
        def set_handler(loop: asyncio.AbstractEventLoop, handler: Any) -> None:
            previous = loop.get_exception_handler()
            original(loop, handler)
            if loop in self._told and self._told.pop(loop) == handler:
                return  # as it was before what was told of
            place = made_here()
            if place and loop in self.net.loops:
                self._changes.setdefault(loop, (previous, place, current_owner()))

        return set_handler

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the handler of a loop that lives on."""
        change = self._changes.get(watched.loop)
        if change is None:
            return
        previous, place, owner = change
        is_back = watched.loop.get_exception_handler() == previous
        if watched.scope == "function" or is_back:
            del self._changes[watched.loop]
        elif watched.is_over(owner):
            what = "the loop's exception handler was still the one that was set here"
            finding = Finding(EXCEPTION_HANDLER, what, place, owner=owner)
            forget = partial(self._forget, watched.loop)
            restore = partial(watched.loop.set_exception_handler, previous)
            yield Leftover(finding, forget, restore)

    def _forget(self, loop: asyncio.AbstractEventLoop) -> None:
        self._told[loop], *_ = self._changes.pop(loop)
