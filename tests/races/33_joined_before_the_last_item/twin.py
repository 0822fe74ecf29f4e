"""The queue is joined only when nobody puts anything any more."""

import asyncio


class Import:
    def __init__(self):
        self.rows = asyncio.Queue()
        self.is_closed = False
        self.stored = []
        self.is_read = asyncio.Event()

    async def read(self):
        for row in range(3):
            if self.is_closed:
                raise RuntimeError("the import is closed")
            self.rows.put_nowait(row)
            await asyncio.sleep(0)  # the next block of the file
        self.is_read.set()

    async def store(self):
        for _row in range(3):
            row = await self.rows.get()
            await asyncio.sleep(0)  # the database
            self.stored.append(row)
            self.rows.task_done()

    async def close(self):
        await self.is_read.wait()
        await self.rows.join()
        self.is_closed = True


def begin():
    return Import()


async def reader(rows):
    await rows.read()


async def database(rows):
    await rows.store()


async def closer(rows):
    await rows.close()


TASKS = (reader, database, closer)


def check(rows):
    assert rows.stored == [0, 1, 2]
