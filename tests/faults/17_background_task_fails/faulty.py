# check: task_failed_unseen
# guilty: test_orders_and_prints
# text: out of paper
"""A task that nobody waits for fails, and nobody looks at it."""

import asyncio


async def print_receipt():
    raise RuntimeError("out of paper")  # guilty


async def test_orders_and_prints():
    asyncio.create_task(print_receipt())  # guilty

    await asyncio.sleep(0)


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
