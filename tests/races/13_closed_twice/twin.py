"""Whether it is closed is noted at once."""

import asyncio


class Session:
    def __init__(self):
        self.is_closed = False
        self.goodbyes = 0

    async def close(self):
        if self.is_closed:
            return
        self.is_closed = True
        await asyncio.sleep(0)  # flushes
        self.goodbyes += 1


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
