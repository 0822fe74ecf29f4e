"""Stopping waits for whoever was let in."""

import asyncio


class Server:
    def __init__(self):
        self.is_accepting = True
        self.database_is_open = True
        self.stored = []
        self.active = 0
        self.is_idle = asyncio.Event()
        self.is_idle.set()

    async def serve(self, name):
        if not self.is_accepting:
            return
        self.active += 1
        self.is_idle.clear()
        await asyncio.sleep(0)  # parses
        if not self.database_is_open:
            raise RuntimeError("the database is closed")
        self.stored.append(name)
        self.active -= 1
        if not self.active:
            self.is_idle.set()

    async def stop(self):
        self.is_accepting = False
        await asyncio.sleep(0)  # closes the listener
        await self.is_idle.wait()
        self.database_is_open = False


def begin():
    return Server()


async def early_request(server):
    await server.serve("early")


async def last_request(server):
    for _step in range(3):
        await asyncio.sleep(0)
    await server.serve("last")


async def shutdown(server):
    for _second in range(4):
        await asyncio.sleep(0)
    await server.stop()


TASKS = (early_request, last_request, shutdown)


def check(server):
    assert not server.database_is_open
