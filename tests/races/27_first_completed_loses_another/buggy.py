"""Both are done, one is taken, and the other is forgotten."""

import asyncio


class Inbox:
    def __init__(self):
        self.orders = asyncio.Queue()
        self.complaints = asyncio.Queue()
        self.read = []

    async def read_next(self):
        waiting = {
            asyncio.create_task(self.orders.get()),
            asyncio.create_task(self.complaints.get()),  # guilty
        }
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        self.read.append(done.pop().result())  # guilty
        for task in pending:
            task.cancel()
        await asyncio.wait(waiting)


def begin():
    return Inbox()


async def reader(inbox):
    await inbox.read_next()


async def orders(inbox):
    for _step in range(2):
        await asyncio.sleep(0)
    inbox.orders.put_nowait("order")


async def complaints(inbox):
    for _step in range(8):
        await asyncio.sleep(0)
    inbox.complaints.put_nowait("complaint")  # guilty


TASKS = (reader, orders, complaints)


def check(inbox):
    left = [inbox.orders, inbox.complaints]
    assert len(inbox.read) + sum(queue.qsize() for queue in left) == 2
