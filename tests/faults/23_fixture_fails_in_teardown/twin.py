"""The fixture waits in its teardown until the connection can be closed."""

import asyncio

import pytest


@pytest.fixture
async def connection():
    idle = asyncio.Event()
    asyncio.get_running_loop().call_soon(idle.set)
    yield "connected"
    await idle.wait()


async def test_uses_the_connection(connection):
    assert connection == "connected"
