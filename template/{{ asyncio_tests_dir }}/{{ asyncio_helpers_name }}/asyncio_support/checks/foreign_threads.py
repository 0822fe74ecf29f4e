"""`loop.call_soon` from another thread: the loop may sleep on and never notice.

asyncio looks at the thread in debug mode only, since such a look at every call would
cost a task a tenth more. Here the calls are looked at as long as there is another
thread.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
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
    """Looks at which thread calls, while there is more than one."""

    checks: ClassVar = (FOREIGN_THREAD,)

    def install(self, patches: Patches) -> None:
        """Look at what starts threads."""
        self._calls = Patches()
        self._is_looking = False
        self._threads_before = threading.active_count()
        patches.wrap(threading.Thread, "start", self._note_thread)

    def remove(self) -> None:
        """Look at nothing any more."""
        self._calls.undo()

    def test_ends(self) -> None:
        """Stop looking, if all threads of the test have ended."""
        if self._is_looking and threading.active_count() <= self._threads_before:
            self._is_looking = False
            self._calls.undo()

    def _note_thread(self, original: Callable[..., None]) -> Callable[..., None]:
        def start(thread: threading.Thread) -> None:
            if self.net.watchdog.is_its_thread(thread):
                self._threads_before += 1
            elif not self._is_looking:
                self._is_looking = True
                for loop_class in self.net.loop_classes:
                    self._calls.wrap(loop_class, "call_soon", self._look)
            original(thread)

        return start

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
