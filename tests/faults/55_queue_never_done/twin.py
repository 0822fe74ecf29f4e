"""The consumer says `task_done` for everything that it got."""

import asyncio
from contextlib import suppress


async def consume(orders, served):
    while True:
        served.append(await orders.get())
        orders.task_done()


async def test_serves_all_orders():
    orders, served = asyncio.Queue(), []
    consuming = asyncio.create_task(consume(orders, served))
    orders.put_nowait("tea")

    await orders.join()

    consuming.cancel()
    with suppress(asyncio.CancelledError):
        await consuming
    assert served == ["tea"]
