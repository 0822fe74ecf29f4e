# check: -
# guilty: test_asks_twice
# text: cannot reuse already awaited coroutine
"""A coroutine is awaited a second time, which fails there and then."""

import asyncio


async def fetch():
    await asyncio.sleep(0)
    return 42


async def test_asks_twice():
    answer = fetch()

    assert await answer == 42
    assert await answer == 42  # guilty


async def test_asks_once():
    assert await fetch() == 42
