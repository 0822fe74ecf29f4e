"""Timers (`call_later`, `call_at`) that would go off after the test."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, NamedTuple

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.patching import Patches
from ..safety_net.places import place
from ..safety_net.registry import Registry
from ..user_code import is_users

PENDING_TIMER = Check(
    "pending_timer",
    "a timer set with call_later or call_at was still waiting",
    "keep what call_later returns and cancel() it, or wait until it has gone off",
    "Left behind",
)

_METHODS = frozenset({"call_later", "call_at"})
_SetTimer = Callable[..., asyncio.TimerHandle]


class _Timer(NamedTuple):
    loop: asyncio.AbstractEventLoop
    handle: asyncio.TimerHandle
    name: str


class TheGuard(Guard):
    """Notes the timers that user code sets; those of `sleep` end with their task."""

    checks: ClassVar = (PENDING_TIMER,)

    def install(self, patches: Patches) -> None:
        """Have noted none."""
        self._timers = Registry[_Timer]()
        self.held = (self._timers.made,)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at every timer."""
        patches.wrap(loop_class, "call_at", self._note)
        # asyncio's own calls the other one; that of uvloop does not.
        if loop_class is not asyncio.BaseEventLoop:
            patches.wrap(loop_class, "call_later", self._note)

    def _note(self, original: _SetTimer) -> _SetTimer:
        def set_timer(
            loop: asyncio.AbstractEventLoop,
            when: float,
            callback: Callable[..., object],
            *args: object,
            **named: object,
        ) -> asyncio.TimerHandle:
            handle = original(loop, when, callback, *args, **named)
            frame = sys._getframe(1)  # noqa: SLF001 - who set it
            # Also where a loop of the user's own has such methods.
            while frame.f_code.co_name in _METHODS and frame.f_back is not None:
                frame = frame.f_back
            if is_users(frame.f_code.co_filename):
                timer = _Timer(loop, handle, name_of(callback))
                self._timers.keep(timer, place(frame.f_code, frame.f_lineno))
            return handle

        return set_timer

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the timers that wait."""
        for made in self._timers:
            timer = made.thing()
            if timer is None or timer.loop is not watched.loop:
                continue
            if timer.handle.cancelled() or _has_gone_off(timer):
                self._timers.forget(made)
            elif watched.is_over(made.owner):
                left = timer.handle.when() - timer.loop.time()
                what = f"a timer would call {timer.name!r} in {left:.3g} seconds"
                finding = Finding(PENDING_TIMER, what, made.place, owner=made.owner)
                forget = partial(self._timers.forget, made)
                yield Leftover(finding, forget, timer.handle.cancel)


def _has_gone_off(timer: _Timer) -> bool:
    # Of virtual time that is over nobody knows any more but the timer itself.
    is_waiting = getattr(timer.handle, "_scheduled", True)
    return not is_waiting or timer.handle.when() <= timer.loop.time()
