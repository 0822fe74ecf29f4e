"""The last user closes the client while the next one is already given it."""

import asyncio


class Client:
    def __init__(self):
        self.is_open = True

    async def use(self):
        await asyncio.sleep(0)
        if not self.is_open:
            raise RuntimeError("the client is closed")

    async def close(self):
        await asyncio.sleep(0)  # pending answers
        self.is_open = False


class Shared:
    def __init__(self):
        self.users = 0
        self.client = None

    async def use(self):
        self.users += 1
        if self.client is None:  # guilty
            self.client = Client()
        await self.client.use()
        self.users -= 1
        if self.users == 0:
            await self.client.close()
            self.client = None  # guilty


def begin():
    return Shared()


async def first(shared):
    await shared.use()


async def second(shared):
    for _step in range(3):
        await asyncio.sleep(0)
    await shared.use()


TASKS = (first, second)


def check(shared):
    assert shared.users == 0
