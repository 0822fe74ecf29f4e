# check: -
# guilty: test_uses_the_connection
# text: still busy
# phase: teardown
"""An async fixture raises in its teardown: an error of the test that used it."""

import asyncio

import pytest


@pytest.fixture
async def connection():
    yield "connected"
    await asyncio.sleep(0)
    raise RuntimeError("still busy")  # guilty


async def test_uses_the_connection(connection):
    assert connection == "connected"


async def test_uses_none():
    await asyncio.sleep(0)
