"""Each reader that misses the cache renders the page, however many do so already."""

import asyncio


class Pages:
    def __init__(self):
        self.cached = {}
        self.rendered = []

    async def page(self, name):
        if name not in self.cached:  # guilty
            await asyncio.sleep(0)  # the query
            await asyncio.sleep(0)  # the template
            self.rendered.append(name)
            self.cached[name] = f"<h1>{name}</h1>"  # guilty
        return self.cached[name]


def begin():
    return Pages()


async def crawler(pages):
    await pages.page("home")


async def reader(pages):
    for _step in ("session", "language"):
        await asyncio.sleep(0)
    await pages.page("home")


TASKS = (crawler, reader, reader, reader)


def check(pages):
    assert pages.rendered == ["home"]
