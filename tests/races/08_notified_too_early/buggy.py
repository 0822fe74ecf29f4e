"""A condition is notified before anybody waits for it, and waited for all the same."""

import asyncio


class Boot:
    def __init__(self):
        self.changed = asyncio.Condition()
        self.started = []

    async def when_ready(self):
        async with self.changed:
            await self.changed.wait()  # guilty

    async def ready(self):
        async with self.changed:
            self.changed.notify_all()  # guilty


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
