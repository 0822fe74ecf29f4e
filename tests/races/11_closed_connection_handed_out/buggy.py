"""The pool hands a connection out that its reaper is closing."""

import asyncio


class Connection:
    def __init__(self):
        self.is_open = True

    async def close(self):
        await asyncio.sleep(0)  # says goodbye
        self.is_open = False

    async def query(self):
        await asyncio.sleep(0)
        if not self.is_open:
            raise ConnectionError("the connection is closed")


class Pool:
    def __init__(self):
        self.idle = [Connection()]

    def take(self):
        return self.idle.pop() if self.idle else Connection()  # guilty

    async def reap(self):
        for connection in list(self.idle):
            await connection.close()
            if connection in self.idle:
                self.idle.remove(connection)  # guilty


def begin():
    return Pool()


async def reaper(pool):
    await pool.reap()


async def request(pool):
    await asyncio.sleep(0)  # its head
    await pool.take().query()


TASKS = (reaper, request)


def check(pool):
    assert pool.idle == []
