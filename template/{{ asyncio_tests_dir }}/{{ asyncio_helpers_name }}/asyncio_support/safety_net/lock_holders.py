"""Which task holds which `asyncio.Lock`, and since which line: asyncio cannot tell."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from .owners import Owner, current_owner
from .patching import Patches
from .places import place_here


class Holder(NamedTuple):
    """Who holds a lock.

    Attributes:
        task: The task that took it; None if it is gone.
        name: What to call that task.
        place: The line that took it.
        owner: The test or fixture that this was done for.
    """

    task: Callable[[], "asyncio.Task[object] | None"]
    name: str
    place: str
    owner: Owner | None


class LockHolders:
    """The locks that are held."""

    def __init__(self) -> None:
        """Begin with none."""
        self.held: weakref.WeakKeyDictionary[asyncio.Lock, Holder] = (
            weakref.WeakKeyDictionary()
        )

    def install(self, patches: Patches) -> None:
        """Watch every lock from now on."""
        patches.wrap(asyncio.Lock, "acquire", self._acquire)
        patches.wrap(asyncio.Lock, "release", self._release)

    def _acquire(
        self, original: Callable[[asyncio.Lock], Awaitable[bool]]
    ) -> Callable[[asyncio.Lock], Awaitable[bool]]:
        async def acquire(lock: asyncio.Lock) -> bool:
            taken = await original(lock)
            task = asyncio.current_task()
            if task is not None:
                self.held[lock] = Holder(
                    weakref.ref(task), task.get_name(), place_here(), current_owner()
                )
            return taken

        return acquire

    def _release(
        self, original: Callable[[asyncio.Lock], None]
    ) -> Callable[[asyncio.Lock], None]:
        def release(lock: asyncio.Lock) -> None:
            original(lock)
            self.held.pop(lock, None)

        return release
