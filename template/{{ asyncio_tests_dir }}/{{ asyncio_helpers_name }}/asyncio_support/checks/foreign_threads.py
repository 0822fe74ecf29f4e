"""`loop.call_soon` from another thread: the loop may sleep on and never notice."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.loop_classes import loop_classes
from ..safety_net.patching import Patches
from ..safety_net.places import place_here

FOREIGN_THREAD = Check(
    "foreign_thread",
    "loop.call_soon was called from another thread than the loop's",
    "use loop.call_soon_threadsafe, or asyncio.run_coroutine_threadsafe",
    "The wrong loop",
)

_running_here = asyncio._get_running_loop  # noqa: SLF001 - documented, and quick


class TheGuard(Guard):
    """Looks at which thread calls."""

    checks: ClassVar = (FOREIGN_THREAD,)

    def install(self, patches: Patches) -> None:
        """Look at every call; two thirds of what a task costs are such calls."""
        for loop_class in loop_classes():
            patches.wrap(loop_class, "call_soon", self._look)

    def _look(
        self, original: Callable[..., asyncio.Handle]
    ) -> Callable[..., asyncio.Handle]:
        def call_soon(
            loop: asyncio.AbstractEventLoop,
            callback: Callable[..., object],
            *args: Any,
            context: Any = None,
        ) -> asyncio.Handle:
            if _running_here() is not loop and loop.is_running():
                self._found(callback)
            return original(loop, callback, *args, context=context)

        return call_soon

    def _found(self, callback: object) -> None:
        thread = threading.current_thread().name
        name = name_of(callback)
        what = f"the thread {thread!r} gave {name!r} to the loop of another thread"
        self.net.found(Finding(FOREIGN_THREAD, what, place_here()))
