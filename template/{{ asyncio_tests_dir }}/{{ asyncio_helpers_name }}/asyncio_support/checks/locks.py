"""A lock that a test took and never gave back, on which the next test hangs."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import ClassVar

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover
from ..safety_net.patching import Patches

HELD_LOCK = Check(
    "held_lock",
    "a test ended while it held an asyncio.Lock",
    "take it with `async with lock:`, which gives it back whatever happens",
    "Left behind",
)


class TheGuard(Guard):
    """Looks at the locks that are held."""

    checks: ClassVar = (HELD_LOCK,)

    def install(self, patches: Patches) -> None:
        """Know of the locks that are held, whoever looks at them."""
        self.held = (self.net.locks.held,)

    def left_behind(self) -> Iterable[Leftover]:
        """Return the locks whose holders are over."""
        held = self.net.locks.held
        for lock, holder in list(held.items()):
            if holder.owner is not None and holder.owner.over:
                what = f"the task {holder.name!r} ended and still held an asyncio.Lock"
                finding = Finding(HELD_LOCK, what, holder.place, owner=holder.owner)
                forget = partial(held.pop, lock)
                yield Leftover(finding, forget, partial(_release, lock))


def _release(lock: asyncio.Lock) -> None:
    with suppress(RuntimeError):  # its waiters may be on a closed loop
        lock.release()
