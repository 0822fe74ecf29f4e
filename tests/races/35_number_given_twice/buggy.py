"""The next number is how many there are, and two are begun at a time."""

import asyncio


class Orders:
    def __init__(self):
        self.by_number = {}

    async def add(self, item):
        number = len(self.by_number) + 1  # guilty
        await asyncio.sleep(0)  # checks it
        self.by_number[number] = item  # guilty


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
