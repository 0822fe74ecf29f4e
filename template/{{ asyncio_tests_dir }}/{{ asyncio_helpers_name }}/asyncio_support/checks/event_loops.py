"""Event loops: which is current, and whether those that were made were closed."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, NamedTuple

import pytest

from ..current_loop import current_event_loop, make_current
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import made_here, place_here
from ..safety_net.registry import Registry
from ..user_code import is_users

_SECTION = "The wrong loop"
OPEN_LOOP = Check(
    "open_loop",
    "an event loop was made and never closed",
    "close() it in a `finally`, or use asyncio.run() or the fixture "
    "standard_event_loop",
    _SECTION,
)
CURRENT_LOOP = Check(
    "current_loop",
    "a test changed which event loop is current, for the tests after it",
    "put back the loop that was current, or let a fixture like standard_event_loop do "
    "so",
    _SECTION,
)

_Loop = asyncio.AbstractEventLoop


class TheGuard(Guard):
    """Notes the loops that are made, and compares the current one."""

    checks: ClassVar = (OPEN_LOOP, CURRENT_LOOP)

    def install(self, patches: Patches) -> None:
        """Look at what makes loops current."""
        self._loops = Registry[_Loop]()
        self.held = (self._loops.made,)
        self._change: _Change | None = None
        self._thread = threading.get_ident()
        patches.wrap(asyncio, "set_event_loop", self._note_current)
        patches.wrap(asyncio.events, "set_event_loop", self._note_current)
        # On Python 3.14 and later there is none where none was set. Have it so before:
        # otherwise a test may pass on one Python, or after another test, only.
        self._keeps = self.net.judgement.level_of(CURRENT_LOOP) == "fail"
        if self._keeps and current_event_loop() is None:
            asyncio.set_event_loop(None)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what makes them."""
        patches.wrap(loop_class, "__init__", self._note)

    def _note(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(loop: _Loop, *args: object, **named: object) -> None:
            original(loop, *args, **named)
            place = made_here()
            if place:
                self._loops.keep(loop, place)

        return init

    def _note_current(self, original: Callable[..., None]) -> Callable[..., None]:
        def set_loop(loop: _Loop | None) -> None:
            # What asyncio.run() and pytest-asyncio do is in order. And each thread has
            # a current loop of its own.
            caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001 - who asked
            if is_users(caller) and threading.get_ident() == self._thread:
                before = self._change.before if self._change else self._current()
                self._change = _Change(before, loop, place_here(), current_owner())
            original(loop)

        return set_loop

    def test_begins(self, item: pytest.Item) -> None:
        """Note which loop is current."""
        self._before = self._current()

    def _current(self) -> _Loop | None:
        """Return the current loop, leaving aside those of pytest-asyncio.

        They are for its own tests, which run on them whichever loop is current.
        """
        loop = current_event_loop()
        return None if loop in self.net.loops else loop

    def test_ends(self) -> None:
        """Compare, and put back what was current."""
        change = self._change
        if change and (change.owner is None or change.owner.over):
            self._change = None
            if change.after is not change.before:
                self._report(change)
        if self._keeps:
            self._put_back()

    def _report(self, change: "_Change") -> None:
        if change.after is None:
            what = "asyncio.set_event_loop(None) left no event loop current"
        elif change.after.is_closed():
            what = "a closed event loop was the current one"
        else:
            what = "another event loop was current than before"
        self.net.found(Finding(CURRENT_LOOP, what, change.place, owner=change.owner))

    def _put_back(self) -> None:
        after = self._current()
        is_usable = after is not None and not after.is_closed()
        if after is not self._before and not (is_usable and self._before is None):
            make_current(self._before)

    def left_behind(self) -> Iterable[Leftover]:
        """Return the loops that are open."""
        for made in self._loops.of_those_over():
            loop = made.thing()
            if loop is None or loop.is_closed():
                self._loops.forget(made)
                continue
            what = f"an event loop was never closed: {type(loop).__name__}"
            finding = Finding(OPEN_LOOP, what, made.place, owner=made.owner)
            forget = partial(self._loops.forget, made)
            yield Leftover(finding, forget, partial(self._close, loop))

    def _close(self, loop: _Loop) -> None:
        if self._change is not None and self._change.after is loop:
            self._change = None  # one fault; and that it is closed is our doing
        loop.close()


class _Change(NamedTuple):
    before: _Loop | None
    after: _Loop | None
    place: str
    owner: Owner | None
