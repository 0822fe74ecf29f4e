"""Jobs of executors, and coroutines of other loops, that a loop waits for."""

import asyncio
import weakref
from collections.abc import Callable
from typing import Any

from ..safety_net.patching import Patches


class Jobs:
    """The futures of a loop that stand for something done elsewhere.

    Attributes:
        any: Whether there has been one at all.
    """

    def __init__(self) -> None:
        """Know of none yet."""
        self.any = False
        self._futures: weakref.WeakSet[asyncio.Future[Any]] = weakref.WeakSet()

    def install(self, patches: Patches) -> None:
        """Note what is made from now on."""
        # `run_in_executor`, and so `to_thread`, call the first of them.
        patches.wrap(asyncio.futures, "wrap_future", self._note)
        patches.wrap(asyncio, "wrap_future", self._note)

    def _note(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def wrap_future(*args: Any, **named: Any) -> object:
            future = original(*args, **named)
            self._futures.add(future)
            self.any = True
            return future

        return wrap_future

    def pending(self, loop: asyncio.AbstractEventLoop) -> str:
        """Name one that has not ended; empty if all have."""
        for future in tuple(self._futures):
            if future.done():
                self._futures.discard(future)
            elif future.get_loop() is loop:
                return "a job of an executor, or of a loop in another thread"
        return ""
