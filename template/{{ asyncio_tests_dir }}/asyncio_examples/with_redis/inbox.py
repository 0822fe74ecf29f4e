"""The code under test: a consumer that takes messages from a stream, one at a time."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from redis.exceptions import ResponseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

GROUP = "consumers"
BLOCK = 2000  # milliseconds; the client's socket_timeout has to be longer
logger = logging.getLogger(__name__)


@dataclass
class Consumer:
    """Handles each message at least once: it is acknowledged after that."""

    client: Redis
    stream: str
    name: str
    handle: Callable[[dict[str, str]], Awaitable[None]]
    min_idle: int = 60_000  # milliseconds until what another one took is taken over
    _connection_id: int = field(default=0, init=False)
    _reading: asyncio.Task[list[Any]] | None = field(default=None, init=False)
    _is_stopping: bool = field(default=False, init=False)

    @property
    def is_reading(self) -> bool:
        """Whether it waits for a message."""
        return self._reading is not None and not self._reading.done()

    async def run(self) -> None:
        """Handle what others left behind, then what is new, until stopped."""
        # Where this consumer is not the first one, the group is there.
        with suppress(ResponseError):
            await self.client.xgroup_create(self.stream, GROUP, "0", mkstream=True)
        # A connection of its own, so that `stop` can say which one to unblock.
        async with self.client.client() as connection:
            self._connection_id = await connection.client_id()
            await self._take_over()
            while not self._is_stopping:
                self._reading = asyncio.create_task(self._read(connection))
                for number, message in await self._reading:
                    await self._process(number, message)

    async def stop(self) -> None:
        """Take no other message: `run` ends as soon as the one in hand is done."""
        self._is_stopping = True
        # A read that is cancelled may have been given a message, which is then stuck.
        # One that has not reached the server yet cannot be unblocked: so try again.
        while self._reading and self.is_reading:
            await self.client.client_unblock(self._connection_id)
            await asyncio.wait({self._reading}, timeout=0.01)

    async def _take_over(self) -> None:
        """Handle what was taken and not acknowledged, each message once."""
        start = "0-0"
        while not self._is_stopping:
            start, entries, *_ = await self.client.xautoclaim(
                self.stream, GROUP, self.name, self.min_idle, start, count=1
            )
            for number, message in entries:
                await self._process(number, message)
            if start == "0-0":
                break

    async def _read(self, connection: Redis) -> list[Any]:
        """Wait for a message; none came where the list is empty."""
        reply = await connection.xreadgroup(
            GROUP, self.name, {self.stream: ">"}, count=1, block=BLOCK
        )
        return cast("list[Any]", reply)[0][1] if reply else []

    async def _process(self, number: str, message: dict[str, str]) -> None:
        """Acknowledge what was handled; what failed stays pending, to be taken over."""
        try:
            await self.handle(message)
        except Exception:
            logger.exception("message %s was not handled", number)
        else:
            await self.client.xack(self.stream, GROUP, number)
