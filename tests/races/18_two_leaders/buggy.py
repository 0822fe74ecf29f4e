"""Two nodes each find that nobody leads, and both do."""

import asyncio


class Store:
    def __init__(self):
        self.leader = None
        self.led_by = []

    async def stand(self, node):
        if self.leader is None:  # guilty
            await asyncio.sleep(0)  # the others are told
            self.leader = node  # guilty
            self.led_by.append(node)


def begin():
    return Store()


async def north(store):
    for _heartbeat in range(3):
        await asyncio.sleep(0)
    await store.stand("north")


async def east(store):
    for _heartbeat in range(8):
        await asyncio.sleep(0)
    await store.stand("east")


async def south(store):
    for _heartbeat in range(12):
        await asyncio.sleep(0)
    await store.stand("south")


TASKS = (north, east, south)


def check(store):
    assert len(store.led_by) == 1
