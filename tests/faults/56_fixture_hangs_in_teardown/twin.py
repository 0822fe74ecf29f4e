"""What the teardown waits for comes."""

import asyncio

import pytest


@pytest.fixture
async def connection():
    closed = asyncio.Event()
    yield "connected"
    asyncio.get_running_loop().call_soon(closed.set)
    await closed.wait()


async def test_uses_the_connection(connection):
    assert connection == "connected"
