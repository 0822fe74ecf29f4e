"""A listener that has left is told all the same, as it is in the copy."""

import asyncio


class Listener:
    def __init__(self):
        self.is_closed = False

    def hear(self):
        if self.is_closed:  # guilty
            raise RuntimeError("the listener is closed")


class Radio:
    def __init__(self):
        self.listeners = [Listener(), Listener()]

    async def tell(self):
        for listener in list(self.listeners):  # guilty
            await asyncio.sleep(0)  # the air
            listener.hear()

    def leave(self, listener):
        self.listeners.remove(listener)  # guilty
        listener.is_closed = True  # guilty


def begin():
    return Radio()


async def announcer(radio):
    await radio.tell()


async def leaver(radio):
    for _song in range(3):
        await asyncio.sleep(0)
    radio.leave(radio.listeners[-1])


TASKS = (announcer, leaver)


def check(radio):
    assert len(radio.listeners) == 1
