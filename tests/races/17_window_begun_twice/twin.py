"""Whoever finds the window over begins the next one at once."""

import asyncio


class Limiter:
    def __init__(self):
        self.now = 60
        self.begun = 0
        self.count = 2
        self.allowed = []

    async def request(self, name):
        if self.now - self.begun >= 60:
            self.begun, self.count = self.now, 0
            await asyncio.sleep(0)  # the statistics
        if self.count < 2:
            self.count += 1
            self.allowed.append(name)


def begin():
    return Limiter()


async def first(limiter):
    await limiter.request("first")


async def second(limiter):
    await asyncio.sleep(0)  # its body
    await limiter.request("second")


async def third(limiter):
    for _part in range(2):
        await asyncio.sleep(0)  # its body
    await limiter.request("third")


TASKS = (first, second, third)


def check(limiter):
    assert len(limiter.allowed) == 2
