"""Consumer and test live on the same loop, that of the module."""

import asyncio
from contextlib import suppress

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")


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

    await orders.join()

    assert orders.empty()
