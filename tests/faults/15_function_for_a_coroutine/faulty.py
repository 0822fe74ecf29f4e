# check: -
# guilty: test_fetches_in_the_background
# text: a coroutine was expected
"""A task is made of the coroutine function instead of a coroutine."""

import asyncio


async def fetch():
    await asyncio.sleep(0)
    return 42


async def test_fetches_in_the_background():
    assert await asyncio.create_task(fetch) == 42  # guilty


async def test_fetches():
    assert await fetch() == 42
