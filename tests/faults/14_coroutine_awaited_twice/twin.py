"""What is needed twice is a task, or its result."""

import asyncio


async def fetch():
    await asyncio.sleep(0)
    return 42


async def test_asks_twice():
    answer = asyncio.create_task(fetch())

    assert await answer == 42
    assert await answer == 42
