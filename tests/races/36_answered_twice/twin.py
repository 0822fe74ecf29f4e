"""Whether there is an answer is asked right before giving one."""

import asyncio


class Question:
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()

    async def ask(self, mirror):
        if not self.answer.done():
            await asyncio.sleep(0)  # the network
            if not self.answer.done():
                self.answer.set_result(mirror)


def begin():
    return Question()


async def near(question):
    await question.ask("near")


async def far(question):
    for _hop in range(3):
        await asyncio.sleep(0)
    await question.ask("far")


TASKS = (near, far)


def check(question):
    assert question.answer.done()
