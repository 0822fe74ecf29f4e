"""Nothing is lost when several write at once, and what expires needs no waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "redis", reason="redis is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "fakeredis", reason="fakeredis is not installed: see the requirements of the tests"
)

from .stock import take_one

if TYPE_CHECKING:
    from redis.asyncio import Redis

# The client is connected on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_no_more_is_taken_than_there_is(client: Redis, prefix: str) -> None:
    """Five look at the same time; a GET and a SET would give to all of them."""
    key = f"{prefix}:stock"
    await client.set(key, 3)

    taken = await asyncio.gather(*(take_one(client, key) for _ in range(5)))

    assert sorted(taken) == [False, False, True, True, True]
    assert await client.get(key) == "0"


async def test_a_key_that_expires_is_sent_to_its_end(
    client: Redis, prefix: str
) -> None:
    """Its end is set to the past, as a server's clock is not for tests to turn."""
    key = f"{prefix}:session"
    await client.set(key, "ada", ex=3600)
    assert 0 < await client.ttl(key) <= 3600

    await client.pexpireat(key, 1)

    assert await client.get(key) is None


async def test_keys_begin_with_what_is_this_tests_own(
    client: Redis, prefix: str
) -> None:
    """Two runs share a server, so a name alone would be in each other's way."""
    await client.hset(f"{prefix}:user", mapping={"name": "Ada"})

    assert await client.hgetall(f"{prefix}:user") == {"name": "Ada"}
    assert [key async for key in client.scan_iter(match=f"{prefix}:*")] == [
        f"{prefix}:user"
    ]
