"""Whether it is closed is noted only after something has been awaited."""

import asyncio


class Session:
    def __init__(self):
        self.is_closed = False
        self.goodbyes = 0

    async def close(self):
        if self.is_closed:  # guilty
            return
        await asyncio.sleep(0)  # flushes
        self.goodbyes += 1
        self.is_closed = True  # guilty


def begin():
    return Session()


async def handler(session):
    await session.close()


async def shutdown(session):
    for _signal in range(2):
        await asyncio.sleep(0)
    await session.close()


TASKS = (handler, shutdown)


def check(session):
    assert session.goodbyes == 1
