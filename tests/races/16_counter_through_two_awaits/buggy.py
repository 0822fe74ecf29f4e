"""A visit that is counted between another's reading and writing is lost."""

import asyncio


class Store:
    def __init__(self):
        self.values = {"visits": 0}

    async def get(self, key):
        value = self.values[key]  # guilty
        await asyncio.sleep(0.01)  # the network
        return value

    async def set(self, key, value):
        self.values[key] = value  # guilty
        await asyncio.sleep(0.01)  # the network


async def visit(store):
    visits = await store.get("visits")
    await store.set("visits", visits + 1)


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
