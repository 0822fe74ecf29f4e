"""The coroutine function is called, and the task made of what it returns."""

import asyncio


async def fetch():
    await asyncio.sleep(0)
    return 42


async def test_fetches_in_the_background():
    assert await asyncio.create_task(fetch()) == 42
