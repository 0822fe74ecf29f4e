"""A number is counted up when it is given."""

import asyncio


class Orders:
    def __init__(self):
        self.by_number = {}
        self.last = 0

    async def add(self, item):
        self.last = number = self.last + 1
        await asyncio.sleep(0)  # checks it
        self.by_number[number] = item


def begin():
    return Orders()


async def tea(orders):
    await orders.add("tea")


async def cake(orders):
    for _step in range(2):
        await asyncio.sleep(0)
    await orders.add("cake")


async def jam(orders):
    for _step in range(4):
        await asyncio.sleep(0)
    await orders.add("jam")


TASKS = (tea, cake, jam)


def check(orders):
    assert sorted(orders.by_number.values()) == ["cake", "jam", "tea"]
