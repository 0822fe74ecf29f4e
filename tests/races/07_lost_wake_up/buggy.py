"""A letter that arrives between looking and clearing the event wakes nobody."""

import asyncio


class Mailbox:
    def __init__(self):
        self.letters = []
        self.arrived = asyncio.Event()
        self.read = []

    async def take(self):
        if not self.letters:  # guilty
            await asyncio.sleep(0)  # tells that it is idle
            self.arrived.clear()  # guilty
            await self.arrived.wait()
        return self.letters.pop()


def begin():
    return Mailbox()


async def reader(mailbox):
    mailbox.read.append(await mailbox.take())


async def postman(mailbox):
    await asyncio.sleep(0)  # on the way
    mailbox.letters.append("love")
    mailbox.arrived.set()


TASKS = (reader, postman)


def check(mailbox):
    assert mailbox.read == ["love"]
