"""What is waited for is a state, and the condition only says when to look."""

import asyncio


class Boot:
    def __init__(self):
        self.changed = asyncio.Condition()
        self.is_ready = False
        self.started = []

    async def when_ready(self):
        async with self.changed:
            await self.changed.wait_for(lambda: self.is_ready)

    async def ready(self):
        async with self.changed:
            self.is_ready = True
            self.changed.notify_all()


def begin():
    return Boot()


async def service(boot):
    await boot.when_ready()
    boot.started.append("service")


async def database(boot):
    await asyncio.sleep(0)  # recovers
    await boot.ready()


TASKS = (service, database)


def check(boot):
    assert boot.started == ["service"]
