"""Whoever is quick comes round again before the others have left the barrier."""

import asyncio


class Barrier:
    def __init__(self):
        self.arrived = 0
        self.is_full = asyncio.Event()

    async def wait(self):
        self.arrived += 1
        if self.arrived == 2:  # guilty
            self.is_full.set()  # guilty
        await self.is_full.wait()
        await asyncio.sleep(0)  # the statistics
        self.arrived -= 1  # guilty
        if self.arrived == 0:
            self.is_full.clear()  # guilty


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
