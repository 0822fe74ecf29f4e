"""Each round has a barrier of its own."""

import asyncio


class Barrier:
    def __init__(self):
        self.arrived = 0
        self.is_full = asyncio.Event()

    async def wait(self):
        self.arrived += 1
        is_full = self.is_full
        if self.arrived == 2:
            self.arrived, self.is_full = 0, asyncio.Event()
            is_full.set()
        await is_full.wait()
        await asyncio.sleep(0)  # the statistics


def begin():
    barrier = Barrier()
    barrier.log = []
    return barrier


async def work(barrier):
    for phase in range(3):
        barrier.log.append(phase)
        await barrier.wait()
        await asyncio.sleep(0)  # tidies up


async def left(barrier):
    await work(barrier)


async def right(barrier):
    await work(barrier)


TASKS = (left, right)


def check(barrier):
    assert barrier.log == sorted(barrier.log)
