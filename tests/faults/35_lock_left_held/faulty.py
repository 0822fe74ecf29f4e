# check: held_lock
# guilty: test_counts_the_stock
# text: Lock
"""A test keeps a lock that others wait for: without help, the next one waits for ever."""

import asyncio

STOCK = asyncio.Lock()


async def test_counts_the_stock():
    await STOCK.acquire()  # guilty

    assert STOCK.locked()


async def test_counts_the_stock_in_turn():
    async with STOCK:
        assert STOCK.locked()
