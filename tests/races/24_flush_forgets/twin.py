"""A new batch is begun before the old one is sent."""

import asyncio


class Batch:
    def __init__(self):
        self.lines = ["start"]
        self.sent = []

    async def flush(self):
        lines, self.lines = self.lines, []
        await asyncio.sleep(0)  # the network
        self.sent += lines

    async def add(self, line):
        await asyncio.sleep(0)  # formats it
        self.lines.append(line)


def begin():
    return Batch()


async def flusher(batch):
    for _minute in range(2):
        await batch.flush()
        await asyncio.sleep(0)


async def service(batch):
    await batch.add("one")
    await asyncio.sleep(0)
    await batch.add("two")


TASKS = (flusher, service)


def check(batch):
    assert sorted(batch.sent + batch.lines) == ["one", "start", "two"]
