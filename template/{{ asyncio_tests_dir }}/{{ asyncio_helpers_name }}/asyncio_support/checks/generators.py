"""Async generators that were begun and never closed.

Their `finally` blocks run when the garbage collector comes, or when the loop is closed:
in another test, or not at all. One that stands in no such block has nothing to run.
"""

import asyncio
import weakref
from collections.abc import Callable, Iterable
from functools import partial
from types import AsyncGeneratorType
from typing import Any, ClassVar, NamedTuple

from ..safety_net.cleanups import has_cleanup
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import Owner, current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import place, place_here
from ..user_code import is_users

OPEN_GENERATOR = Check(
    "open_generator",
    "an async generator was begun and neither used up nor closed",
    "close it: `async with contextlib.aclosing(numbers()) as each: ...`",
    "Left behind",
)

_Generator = AsyncGeneratorType[Any, Any]


class _Begun(NamedTuple):
    generator: "weakref.ref[_Generator]"
    loop: object
    place: str
    owner: Owner | None


class TheGuard(Guard):
    """Notes where each async generator is begun, and looks at those not used up."""

    checks: ClassVar = (OPEN_GENERATOR,)
    needs: ClassVar = (
        "asyncio.BaseEventLoop._asyncgen_firstiter_hook",
        "asyncio.BaseEventLoop._asyncgen_finalizer_hook",
    )

    def install(self, patches: Patches) -> None:
        """Have noted none."""
        # By id: a generator that is dropped has lost its weak references by the time
        # the loop hears of it. The next generator with the same id has begun anew.
        self._begun: dict[int, _Begun] = {}
        self.held = (self._begun,)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what a loop is told of generators; uvloop's names are the same."""
        patches.wrap(loop_class, "_asyncgen_firstiter_hook", self._on_begin)
        patches.wrap(loop_class, "_asyncgen_finalizer_hook", self._on_drop)

    def _on_begin(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def begin(loop: object, generator: _Generator) -> None:
            if is_users(generator.ag_code.co_filename):
                known, place = weakref.ref(generator), place_here()
                begun = _Begun(known, loop, place, current_owner())
                self._begun[id(generator)] = begun
            original(loop, generator)

        return begin

    def _on_drop(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def drop(loop: object, generator: _Generator) -> None:
            begun = self._begun.pop(id(generator), None)
            if begun is not None and _has_cleanup(generator):
                self.net.found(_finding(generator, begun))
            original(loop, generator)

        return drop

    def test_ends(self) -> None:
        """Forget the generators of tests and fixtures that are over."""
        for known, begun in tuple(self._begun.items()):
            if begun.owner is None or begun.owner.over:
                del self._begun[known]

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the generators that wait to be asked for more.

        On a loop that tests share, they may be of a fixture that lives: nothing tells
        who made them. There they are found when they are dropped.
        """
        if watched.scope != "function":
            return
        for known, begun in tuple(self._begun.items()):
            generator = begun.generator()
            if generator is None or begun.loop is not watched.loop:
                continue
            if watched.is_over(begun.owner) and _has_cleanup(generator):
                forget = partial(self._begun.pop, known)
                yield Leftover(_finding(generator, begun), forget, generator.aclose)


def _finding(generator: _Generator, begun: _Begun) -> Finding:
    frame = generator.ag_frame
    stands = place(frame.f_code, frame.f_lineno) if frame else ""
    what = f"the async generator {generator.__qualname__!r} was not used up or closed"
    return Finding(OPEN_GENERATOR, what, begun.place, stands, begun.owner)


def _has_cleanup(generator: _Generator) -> bool:
    frame = generator.ag_frame
    return frame is not None and has_cleanup(frame)
