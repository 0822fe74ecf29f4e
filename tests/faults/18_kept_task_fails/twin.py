"""The owner of the task keeps it, and looks at how it ended."""

import asyncio


async def print_receipt():
    raise RuntimeError("out of paper")


class Shop:
    def __init__(self):
        self.printing = set()

    def order(self):
        self.printing.add(asyncio.create_task(print_receipt()))

    async def close(self):
        return await asyncio.gather(*self.printing, return_exceptions=True)


async def test_orders_and_prints():
    shop = Shop()
    shop.order()

    failures = await shop.close()

    assert [str(each) for each in failures] == ["out of paper"]
