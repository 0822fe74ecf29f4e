"""Async generators that were begun and never closed.

Their `finally` blocks run when the garbage collector comes, or when the loop is closed:
in another test, or not at all.
"""

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, ClassVar

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import is_users, place, place_here

OPEN_GENERATOR = Check(
    "open_generator",
    "an async generator was begun and neither used up nor closed",
    "close it: `async with contextlib.aclosing(numbers()) as each: ...`",
    "Left behind",
)

_Generator = AsyncGenerator[object, object]


class TheGuard(Guard):
    """Notes where each async generator is begun, and looks at those not used up."""

    checks: ClassVar = (OPEN_GENERATOR,)
    needs: ClassVar = (
        "loop._asyncgens",
        "asyncio.BaseEventLoop._asyncgen_firstiter_hook",
        "asyncio.BaseEventLoop._asyncgen_finalizer_hook",
    )

    def install(self, patches: Patches) -> None:
        """Look at what a loop is told of generators."""
        self._begun: weakref.WeakKeyDictionary[object, tuple[str, Owner | None]] = (
            weakref.WeakKeyDictionary()
        )
        loop = asyncio.BaseEventLoop
        patches.wrap(loop, "_asyncgen_firstiter_hook", self._on_begin)
        patches.wrap(loop, "_asyncgen_finalizer_hook", self._on_drop)

    def _on_begin(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def begin(loop: object, generator: _Generator) -> None:
            if is_users(generator.ag_code.co_filename):
                self._begun[generator] = (place_here(), current_owner())
            original(loop, generator)

        return begin

    def _on_drop(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def drop(loop: object, generator: _Generator) -> None:
            if generator in self._begun:
                self.net.found(self._finding(generator))
            original(loop, generator)

        return drop

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the generators that wait to be asked for more."""
        for generator in tuple(getattr(watched.loop, "_asyncgens", ())):
            made, owner = self._begun.get(generator, ("", None))
            if made and generator.ag_frame is not None and watched.is_over(owner):
                yield Leftover(self._finding(generator), generator.aclose)

    def _finding(self, generator: _Generator) -> Finding:
        made, owner = self._begun.pop(generator)
        frame = generator.ag_frame
        stands = place(frame.f_code, frame.f_lineno) if frame else ""
        what = f"the async generator {generator.__qualname__!r} was not used up or closed"
        return Finding(OPEN_GENERATOR, what, made, stands, owner)
