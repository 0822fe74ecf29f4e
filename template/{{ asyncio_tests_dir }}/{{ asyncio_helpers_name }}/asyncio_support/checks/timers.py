"""Timers (`call_later`, `call_at`) that would go off after the test."""

import asyncio
import sys
import weakref
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from types import CodeType
from typing import ClassVar, NamedTuple

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import place
from ..user_code import is_users

PENDING_TIMER = Check(
    "pending_timer",
    "a timer set with call_later or call_at was still waiting",
    "keep what call_later returns and cancel() it, or wait until it has gone off",
    "Left behind",
)

_METHODS = frozenset({"call_later", "call_at"})
_SetTimer = Callable[..., asyncio.TimerHandle]

# How many timers, more than twice those that wait, are noted before those that have
# gone off are looked for.
_MANY = 1000


class _Timer(NamedTuple):
    """What is noted of a timer: a test may set many thousands, so it is little."""

    handle: Callable[[], asyncio.TimerHandle | None]
    loop: asyncio.AbstractEventLoop
    name: str
    code: CodeType
    line: int
    owner: Owner | None

    def waits(self) -> bool:
        """Tell whether it will still go off."""
        handle = self.handle()
        if handle is None or handle.cancelled():
            return False
        # Of virtual time that is over nobody knows any more but the timer itself.
        is_waiting = getattr(handle, "_scheduled", True)
        return is_waiting and handle.when() > self.loop.time()


class TheGuard(Guard):
    """Notes the timers that user code sets; those of `sleep` end with their task."""

    checks: ClassVar = (PENDING_TIMER,)

    def install(self, patches: Patches) -> None:
        """Have noted none."""
        # By number, the tuples of which a `_Timer` is made when somebody looks.
        self._timers: dict[int, tuple[object, ...]] = {}
        self._numbers = count()
        self._limit = _MANY
        self.held = (self._timers,)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at every timer."""
        patches.wrap(loop_class, "call_at", self._note)
        # asyncio's own calls the other one; that of uvloop does not.
        if loop_class is not asyncio.BaseEventLoop:
            patches.wrap(loop_class, "call_later", self._note)

    def _note(self, original: _SetTimer) -> _SetTimer:
        timers, numbers = self._timers, self._numbers

        def set_timer(
            loop: asyncio.AbstractEventLoop,
            when: float,
            callback: Callable[..., object],
            *args: object,
            **named: object,
        ) -> asyncio.TimerHandle:
            handle = original(loop, when, callback, *args, **named)
            frame = sys._getframe(1)  # noqa: SLF001 - who set it
            code = frame.f_code
            # Also where a loop of the user's own has such methods.
            while code.co_name in _METHODS and frame.f_back is not None:
                frame = frame.f_back
                code = frame.f_code
            if is_users(code.co_filename):
                name, owner = name_of(callback), current_owner()
                kept, line = _kept_by_loop(handle), frame.f_lineno
                timers[next(numbers)] = (kept, loop, name, code, line, owner)
                if len(timers) > self._limit:
                    self._forget_those_over()
            return handle

        return set_timer

    def _forget_those_over(self) -> None:
        for number, timer in self._noted():
            if not timer.waits():
                self._timers.pop(number, None)
        self._limit = 2 * len(self._timers) + _MANY

    def _noted(self) -> Iterable[tuple[int, _Timer]]:
        # Other threads may set timers meanwhile.
        for number, noted in tuple(self._timers.items()):
            yield number, _Timer._make(noted)

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the timers that wait."""
        self._forget_those_over()
        for number, timer in self._noted():
            handle = timer.handle()
            of_loop = timer.loop is watched.loop and watched.is_over(timer.owner)
            if of_loop and handle is not None:
                left = handle.when() - timer.loop.time()
                what = f"a timer would call {timer.name!r} in {left:.3g} seconds"
                where = place(timer.code, timer.line)
                finding = Finding(PENDING_TIMER, what, where, owner=timer.owner)
                forget = partial(self._timers.pop, number, None)
                yield Leftover(finding, forget, handle.cancel)


def _kept_by_loop(
    handle: asyncio.TimerHandle,
) -> Callable[[], asyncio.TimerHandle | None]:
    """Return what returns a timer as long as it is to go off."""
    try:
        return weakref.ref(handle)
    except TypeError:  # a loop of somebody's own, whose timers know no such references
        return lambda: handle
