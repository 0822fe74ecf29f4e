"""Nothing is awaited between acquiring a connection and seeing to its release."""

import asyncio


class Pool:
    def __init__(self):
        self.free = 2
        self.request = None

    async def fetch(self):
        self.free -= 1
        try:
            await asyncio.sleep(0)  # greets it
            for _row in range(3):
                await asyncio.sleep(0)
        finally:
            self.free += 1


def begin():
    return Pool()


async def request(pool):
    pool.request = asyncio.current_task()
    try:
        await pool.fetch()
    except asyncio.CancelledError:
        pass


async def visitor_leaves(pool):
    for _second in range(3):
        await asyncio.sleep(0)
    if pool.request is not None:
        pool.request.cancel()


TASKS = (request, visitor_leaves)


def check(pool):
    assert pool.free == 2
