"""The timer is cancelled, or has rung; limits that were kept leave none behind."""

import asyncio


async def test_makes_tea():
    timer = asyncio.get_running_loop().call_later(3600, print)

    timer.cancel()


async def test_waits_for_the_bell():
    rung = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, rung.set)

    await asyncio.wait_for(rung.wait(), 60)
