"""A client of a server that is shared, and keys that no other test uses."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import pytest_asyncio

# Without the libraries the test modules skip themselves. A conftest.py cannot: where
# its directory is what pytest is given, a skip in it ends the run with a traceback.
if TYPE_CHECKING or (find_spec("redis") and find_spec("fakeredis")):
    from fakeredis import FakeAsyncRedis, FakeServer
    from redis.asyncio import Redis

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(scope="session")
def embedded_server() -> FakeServer:
    """Kept for the whole run like a real server: it is data alone, tied to no loop."""
    return FakeServer()


@pytest_asyncio.fixture(loop_scope="function")
async def client(embedded_server: FakeServer) -> AsyncIterator[Redis]:
    """Connect on the loop of the test, and close all connections before it ends."""
    url = os.environ.get("TEST_REDIS_URL")
    if url:
        client = Redis.from_url(url, decode_responses=True)
    else:
        client = FakeAsyncRedis(server=embedded_server, decode_responses=True)
    yield client
    await client.aclose()


@pytest_asyncio.fixture(loop_scope="function")
async def prefix(client: Redis) -> AsyncIterator[str]:
    """Begin the names of all keys with this; never FLUSHDB what others may use."""
    prefix = f"test:{uuid4()}"
    yield prefix
    async for key in client.scan_iter(match=f"{prefix}:*", count=1000):
        await client.unlink(key)
