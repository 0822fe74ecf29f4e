"""Whoever comes second waits, and looks again."""

import asyncio


class Service:
    def __init__(self):
        self.client = None
        self.connections = 0
        self.connecting = asyncio.Lock()

    async def connect(self):
        await asyncio.sleep(0.01)  # the handshake
        self.connections += 1
        return f"client {self.connections}"

    async def request(self):
        async with self.connecting:
            if self.client is None:
                self.client = await self.connect()
        return self.client


def begin():
    return Service()


async def small_request(service):
    await service.request()


async def large_request(service):
    await asyncio.sleep(0.01)  # its body
    await service.request()


TASKS = (small_request, large_request)


def check(service):
    assert service.connections == 1
