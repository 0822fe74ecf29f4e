# check: hang
# guilty: test_waits_until_all_is_done
# text: 'orders'
# text: module
# text: function
# quick: yes
"""The consumer lives on the module's loop, which rests while the test waits for it."""

import asyncio
from contextlib import suppress

import pytest_asyncio


async def consume(orders):
    while True:
        await orders.get()
        orders.task_done()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def orders():
    orders = asyncio.Queue()
    consuming = asyncio.create_task(consume(orders))
    await asyncio.sleep(0)
    yield orders
    consuming.cancel()
    with suppress(asyncio.CancelledError):
        await consuming


async def test_waits_until_all_is_done(orders):
    await orders.put("tea")

    await orders.join()  # guilty


async def test_orders_nothing():
    await asyncio.sleep(0)
