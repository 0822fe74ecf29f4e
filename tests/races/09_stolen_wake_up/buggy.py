"""Whoever is woken does not look again, and somebody else was quicker."""

import asyncio


class Bakery:
    def __init__(self):
        self.loaves = []
        self.baked = asyncio.Condition()
        self.sold = []

    async def buy(self):
        async with self.baked:
            if not self.loaves:  # guilty
                await self.baked.wait()
            self.sold.append(self.loaves.pop())  # guilty

    async def bake(self, loaf):
        async with self.baked:
            self.loaves.append(loaf)
            self.baked.notify()


def begin():
    return Bakery()


async def patient(bakery):
    await bakery.buy()


async def passer_by(bakery):
    for _street in range(4):
        await asyncio.sleep(0)
    await bakery.buy()


async def baker(bakery):
    for loaf in ("rye", "spelt"):
        for _minute in range(5):
            await asyncio.sleep(0)
        await bakery.bake(loaf)


TASKS = (patient, baker, passer_by)


def check(bakery):
    assert sorted(bakery.sold) == ["rye", "spelt"]
