"""`async with` gives the lock back, whatever happens."""

import asyncio

STOCK = asyncio.Lock()


async def test_counts_the_stock():
    async with STOCK:
        assert STOCK.locked()


async def test_gives_the_lock_back_by_hand():
    await STOCK.acquire()
    try:
        assert STOCK.locked()
    finally:
        STOCK.release()
