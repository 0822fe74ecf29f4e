import asyncio

import pytest

from harbour import dock


@pytest.fixture(scope="module")
async def loop():
    return asyncio.get_running_loop()


async def test_dock(loop):
    assert await dock("Aurora") == "Aurora is docked"
    assert loop is asyncio.get_running_loop()
