"""A printer that is free for a moment is taken by whoever passes, not by who waited."""

import asyncio
from collections import deque


class Printer:
    def __init__(self):
        self.is_busy = False
        self.waiting = deque()
        self.came = []
        self.served = []

    async def use(self, name):
        self.came.append(name)
        while self.is_busy:  # guilty
            turn = asyncio.get_running_loop().create_future()
            self.waiting.append(turn)
            await turn
        self.is_busy = True
        self.served.append(name)
        await asyncio.sleep(0)  # prints
        self.is_busy = False  # guilty
        if self.waiting:
            self.waiting.popleft().set_result(None)


def begin():
    return Printer()


async def first(printer):
    await printer.use("first")


async def second(printer):
    await printer.use("second")


async def late(printer):
    for _stair in range(2):
        await asyncio.sleep(0)
    await printer.use("late")


TASKS = (first, second, late)


def check(printer):
    assert printer.served == printer.came
