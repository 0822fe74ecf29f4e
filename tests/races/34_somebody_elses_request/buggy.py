"""What belongs to one request is kept where the next one overwrites it."""

import asyncio


class View:
    def __init__(self):
        self.user = None
        self.pages = {}

    async def show(self, user):
        self.user = user  # guilty
        await asyncio.sleep(0)  # loads the page
        self.pages[user] = f"hello, {self.user}"  # guilty


def begin():
    return View()


async def ann(view):
    await view.show("ann")


async def bob(view):
    for _step in range(2):
        await asyncio.sleep(0)
    await view.show("bob")


TASKS = (ann, bob)


def check(view):
    assert view.pages == {"ann": "hello, ann", "bob": "hello, bob"}
