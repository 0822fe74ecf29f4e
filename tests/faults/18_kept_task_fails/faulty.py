# check: task_failed_unseen
# guilty: test_orders_and_prints
# text: out of paper
"""A task fails and its owner keeps it: asyncio would only log it when it is dropped."""

import asyncio


async def print_receipt():
    raise RuntimeError("out of paper")  # guilty


class Shop:
    printing = set()

    def order(self):
        self.printing.add(asyncio.create_task(print_receipt()))  # guilty


async def test_orders_and_prints():
    Shop().order()

    await asyncio.sleep(0)

    assert Shop.printing


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
