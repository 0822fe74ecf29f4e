"""The store counts by itself."""

import asyncio


class Store:
    def __init__(self):
        self.values = {"visits": 0}

    async def add(self, key, number):
        self.values[key] += number
        await asyncio.sleep(0.01)  # the network


async def visit(store):
    await store.add("visits", 1)


def begin():
    return Store()


async def first(store):
    await visit(store)


async def second(store):
    await asyncio.sleep(0.01)  # its cookie is looked up
    await visit(store)


async def third(store):
    await asyncio.sleep(0.01)  # its cookie is looked up
    await asyncio.sleep(0.01)  # and is a new one
    await visit(store)


TASKS = (first, second, third)


def check(store):
    assert store.values["visits"] == 3
