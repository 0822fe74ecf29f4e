"""A message that is acknowledged late is sent again, and taken for another one."""

import asyncio


class Link:
    def __init__(self):
        self.sent = asyncio.Queue()
        self.is_acknowledged = False
        self.received = []

    async def send(self, message):
        for _attempt in range(3):
            self.sent.put_nowait(message)
            for _tick in range(4):
                await asyncio.sleep(0)
                if self.is_acknowledged:  # guilty
                    return

    async def receive(self):
        message = await self.sent.get()
        await asyncio.sleep(0)  # stores it
        self.received.append(message)
        self.is_acknowledged = True  # guilty


def begin():
    return Link()


async def sender(link):
    await link.send("pay 30")


async def receiver(link):
    await link.receive()
    while not link.sent.empty():
        await link.receive()


TASKS = (sender, receiver)


def check(link):
    assert link.received == ["pay 30"]
