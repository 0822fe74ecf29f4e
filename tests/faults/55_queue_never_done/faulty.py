# check: hang
# guilty: test_serves_all_orders
# text: consume
# lines: all
"""The consumer never says `task_done`, so `join` never returns."""

import asyncio


async def consume(orders, served):
    while True:
        served.append(await orders.get())  # guilty


async def test_serves_all_orders():
    orders, served = asyncio.Queue(), []
    consuming = asyncio.create_task(consume(orders, served))
    orders.put_nowait("tea")

    await orders.join()  # guilty

    consuming.cancel()


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
