"""A waiter that is cancelled after it was given the slot passes it on."""

import asyncio
from collections import deque


class Slots:
    def __init__(self):
        self.free = 1
        self.waiting = deque()
        self.waiter = None

    async def acquire(self):
        if not self.free:
            given = asyncio.get_running_loop().create_future()
            self.waiting.append(given)
            try:
                await given
            except asyncio.CancelledError:
                if given.done() and not given.cancelled():
                    self.release()
                raise
        else:
            self.free -= 1

    def release(self):
        while self.waiting:
            given = self.waiting.popleft()
            if not given.done():
                given.set_result(None)
                return
        self.free += 1


def begin():
    return Slots()


async def holder(slots):
    await slots.acquire()
    for _step in range(5):
        await asyncio.sleep(0)
    slots.release()


async def waiter(slots):
    slots.waiter = asyncio.current_task()
    try:
        await slots.acquire()
        slots.release()
    except asyncio.CancelledError:
        pass


async def impatience(slots):
    for _second in range(3):
        await asyncio.sleep(0)
    if slots.waiter is not None:
        slots.waiter.cancel()


TASKS = (holder, waiter, impatience)


def check(slots):
    assert slots.free == 1
