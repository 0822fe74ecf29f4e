"""Two senders write to one stream, each head and body in two steps."""

import asyncio


class Stream:
    def __init__(self):
        self.written = []

    async def send(self, name):
        self.written.append(f"head of {name}")  # guilty
        await asyncio.sleep(0)  # drains
        self.written.append(f"body of {name}")  # guilty


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
