"""What is published before somebody has subscribed never reaches them."""

import asyncio


class Hub:
    def __init__(self):
        self.inboxes = []

    async def subscribe(self):
        await asyncio.sleep(0)  # the handshake
        inbox = []
        self.inboxes.append(inbox)  # guilty
        return inbox

    def publish(self, event):
        for inbox in self.inboxes:  # guilty
            inbox.append(event)


def begin():
    hub = Hub()
    hub.seen = None
    return hub


async def subscriber(hub):
    hub.seen = await hub.subscribe()


async def publisher(hub):
    for _step in range(2):
        await asyncio.sleep(0)
    hub.publish("price")


TASKS = (subscriber, publisher)


def check(hub):
    assert hub.seen == ["price"]
