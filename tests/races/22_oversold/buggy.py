"""The stock is looked at, and taken from only after the address has been checked."""

import asyncio


class Shop:
    def __init__(self):
        self.stock = 3

    async def order(self, number):
        if self.stock >= number:  # guilty
            await asyncio.sleep(0)  # the address is checked
            self.stock -= number  # guilty


def begin():
    return Shop()


async def one(shop):
    await asyncio.sleep(0)
    await shop.order(1)


async def two(shop):
    await shop.order(2)


async def three(shop):
    for _item in range(2):
        await asyncio.sleep(0)
    await shop.order(3)


TASKS = (two, one, three)


def check(shop):
    assert shop.stock >= 0
