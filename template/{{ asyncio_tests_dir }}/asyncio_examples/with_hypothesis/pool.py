"""A pool of connections: code that goes wrong in a few orders of events only."""

from __future__ import annotations

import asyncio
from collections import deque


class Pool:
    """Stand in for the code under test: whoever asks first is served first."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiters: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Take a connection, as soon as there is one."""
        if self._free:
            self._free -= 1
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            # Cancelled when the connection was handed over already: pass it on.
            if not waiter.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Hand a connection over to whoever has waited longest."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
