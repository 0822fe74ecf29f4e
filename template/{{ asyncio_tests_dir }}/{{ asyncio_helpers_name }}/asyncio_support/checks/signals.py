"""Signal handlers that stay after the test."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, NamedTuple

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import made_here

SIGNAL_HANDLER = Check(
    "signal_handler",
    "a signal handler was still in place",
    "loop.remove_signal_handler(), or signal.signal() with the handler from before",
    "Left behind",
)

_ABSENT = object()
_OTHERS = ("asyncio.runners", "asyncio.unix_events", "pdb")


class _Change(NamedTuple):
    previous: Any
    place: str
    owner: Owner | None
    by_loop: bool


class TheGuard(Guard):
    """Notes every handler that user code sets, by itself or through the loop."""

    checks: ClassVar = (SIGNAL_HANDLER,)

    def install(self, patches: Patches) -> None:
        """Look at what sets them."""
        self._changes: dict[int, _Change] = {}
        self.held = (self._changes,)
        self._told: dict[int, object] = {}
        self._set = signal.signal
        patches.wrap(signal, "signal", self._note)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what is set through a loop; not every kind calls `signal.signal`."""
        for_unix = asyncio.SelectorEventLoop  # asyncio's base class has none
        owner = for_unix if loop_class is asyncio.BaseEventLoop else loop_class
        patches.wrap(owner, "add_signal_handler", self._note_by_loop)

    def _note(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def set_handler(signalnum: int, handler: Any) -> object:
            previous = original(signalnum, handler)
            caller = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001
            # asyncio does so for each run and undoes it; what a loop does is noted
            # below. And pdb keeps one for Ctrl-C once it was told to continue.
            if caller not in _OTHERS:
                self._changed(signalnum, previous, handler)
            return previous

        return set_handler

    def _note_by_loop(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def add_signal_handler(
            loop: object, sig: int, callback: Any, *args: Any
        ) -> None:
            previous = signal.getsignal(sig)
            original(loop, sig, callback, *args)
            self._changed(sig, previous, signal.getsignal(sig), by_loop=True)

        return add_signal_handler

    def _changed(
        self, number: int, previous: Any, handler: Any, *, by_loop: bool = False
    ) -> None:
        if self._told.pop(number, _ABSENT) == handler:
            return  # as it was before what was told of
        place = made_here()
        if place and number not in self._changes:
            change = _Change(previous, place, current_owner(), by_loop)
            self._changes[number] = change

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return those set with `loop.add_signal_handler`; closing it removes them."""
        return self._left(lambda c: c.by_loop and watched.is_over(c.owner))

    def left_behind(self) -> Iterable[Leftover]:
        """Return all others."""
        return self._left(lambda c: c.owner is None or c.owner.over)

    def _left(self, is_over: Callable[[_Change], bool]) -> Iterable[Leftover]:
        for number, change in list(self._changes.items()):
            if not is_over(change):
                continue
            if signal.getsignal(number) == change.previous:
                del self._changes[number]
                continue
            name = signal.Signals(number).name
            what = f"a handler for {name} was still in place"
            finding = Finding(SIGNAL_HANDLER, what, change.place, owner=change.owner)
            before = signal.SIG_DFL if change.previous is None else change.previous
            forget = partial(self._forget, number)
            yield Leftover(finding, forget, partial(self._set, number, before))

    def _forget(self, number: int) -> None:
        self._told[number] = self._changes.pop(number).previous
