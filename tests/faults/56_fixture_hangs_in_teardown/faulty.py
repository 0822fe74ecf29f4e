# check: hang
# guilty: test_uses_the_connection
# text: connection_that_never_closes
# phase: teardown
"""The teardown of an async fixture waits for ever."""

import asyncio

import pytest


@pytest.fixture
async def connection_that_never_closes():
    closed = asyncio.Event()
    yield "connected"
    await closed.wait()  # guilty


async def test_uses_the_connection(connection_that_never_closes):
    assert connection_that_never_closes == "connected"


async def test_uses_none():
    await asyncio.sleep(0)
