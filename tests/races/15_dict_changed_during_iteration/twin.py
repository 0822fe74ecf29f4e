"""Those are told who were there at the beginning."""

import asyncio


class Chat:
    def __init__(self):
        self.lines = {"ann": [], "bob": []}

    async def tell(self, line):
        for lines in list(self.lines.values()):
            await asyncio.sleep(0)  # the network
            lines.append(line)

    def join(self, name):
        self.lines[name] = []


def begin():
    return Chat()


async def ann(chat):
    await chat.tell("hello")


async def cid(chat):
    for _step in ("connect", "log in", "choose a room"):
        await asyncio.sleep(0)
    chat.join("cid")


TASKS = (ann, cid)


def check(chat):
    assert chat.lines["ann"] == chat.lines["bob"] == ["hello"]
