"""A frame is written by one sender at a time."""

import asyncio


class Stream:
    def __init__(self):
        self.written = []
        self.lock = asyncio.Lock()

    async def send(self, name):
        async with self.lock:
            self.written.append(f"head of {name}")
            await asyncio.sleep(0)  # drains
            self.written.append(f"body of {name}")


def begin():
    return Stream()


async def ping(stream):
    for _second in range(2):
        await asyncio.sleep(0)
    await stream.send("ping")


async def data(stream):
    await stream.send("data")


TASKS = (data, ping)


def check(stream):
    for head, body in zip(stream.written[::2], stream.written[1::2]):
        assert head.removeprefix("head") == body.removeprefix("body")
