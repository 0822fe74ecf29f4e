"""The cache holds what is being rendered, and readers wait for the same."""

import asyncio


class Pages:
    def __init__(self):
        self.cached = {}
        self.rendered = []

    async def page(self, name):
        page = self.cached.get(name)
        if page is None:
            page = self.cached[name] = asyncio.get_running_loop().create_future()
            await asyncio.sleep(0)  # the query
            await asyncio.sleep(0)  # the template
            self.rendered.append(name)
            page.set_result(f"<h1>{name}</h1>")
        return await page


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
