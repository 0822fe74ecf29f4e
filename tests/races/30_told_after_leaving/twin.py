"""Each listener is asked for right before it is told."""

import asyncio


class Listener:
    def __init__(self):
        self.is_closed = False

    def hear(self):
        if self.is_closed:
            raise RuntimeError("the listener is closed")


class Radio:
    def __init__(self):
        self.listeners = [Listener(), Listener()]

    async def tell(self):
        for listener in list(self.listeners):
            await asyncio.sleep(0)  # the air
            if listener in self.listeners:
                listener.hear()

    def leave(self, listener):
        self.listeners.remove(listener)
        listener.is_closed = True


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
