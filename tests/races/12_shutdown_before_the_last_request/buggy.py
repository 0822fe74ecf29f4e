"""The database is closed under a request that had been let in."""

import asyncio


class Server:
    def __init__(self):
        self.is_accepting = True
        self.database_is_open = True
        self.stored = []

    async def serve(self, name):
        if not self.is_accepting:  # guilty
            return
        await asyncio.sleep(0)  # parses
        if not self.database_is_open:  # guilty
            raise RuntimeError("the database is closed")
        self.stored.append(name)

    async def stop(self):
        self.is_accepting = False  # guilty
        await asyncio.sleep(0)  # closes the listener
        self.database_is_open = False  # guilty


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
