"""The settings are replaced as one."""

import asyncio


class Settings:
    def __init__(self):
        self.address = ("old", 1)

    async def reload(self):
        await asyncio.sleep(0)  # the next line of the file
        self.address = ("new", 2)


def begin():
    settings = Settings()
    settings.connected_to = None
    return settings


async def reloader(settings):
    await settings.reload()


async def connector(settings):
    for _step in range(2):
        await asyncio.sleep(0)
    settings.connected_to = settings.address


TASKS = (reloader, connector)


def check(settings):
    assert settings.connected_to in {("old", 1), ("new", 2)}
