"""The code under test: a stock that several processes take from."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from redis.exceptions import WatchError

if TYPE_CHECKING:
    from redis.asyncio import Redis


async def take_one(client: Redis, key: str) -> bool:
    """Take one if there is one left, and say whether there was."""
    async with client.pipeline() as pipeline:
        while True:
            await pipeline.watch(key)
            if int(await pipeline.get(key) or 0) < 1:
                return False
            pipeline.multi()  # type: ignore[no-untyped-call] # redis 8.1 says no type
            pipeline.decr(key)
            # Another one has changed it since: look again.
            with suppress(WatchError):
                await pipeline.execute()
                return True
