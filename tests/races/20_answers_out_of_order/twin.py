"""An answer is shown only if it is to the newest question."""

import asyncio


class SearchBox:
    def __init__(self):
        self.typed = ""
        self.shown = ""

    async def search(self, typed):
        self.typed = typed
        await asyncio.sleep(0.01)  # the network
        if typed == self.typed:
            self.shown = f"results for {typed}"


def begin():
    return SearchBox()


async def types_py(box):
    await box.search("py")


async def types_pytest(box):
    await asyncio.sleep(0)  # the next keys
    await box.search("pytest")


TASKS = (types_py, types_pytest)


def check(box):
    assert box.shown == f"results for {box.typed}"
