"""The idempotency key is noted only after the charge, and a retry comes meanwhile."""

import asyncio


class Payments:
    def __init__(self):
        self.keys = set()
        self.charged = 0

    async def charge(self, key, amount):
        if key in self.keys:  # guilty
            return
        await asyncio.sleep(0.01)  # the bank
        self.charged += amount
        self.keys.add(key)  # guilty


def begin():
    return Payments()


async def request(payments):
    await payments.charge("order 7", 30)


async def retry(payments):
    await asyncio.sleep(0.01)  # the patience of the client
    await payments.charge("order 7", 30)


TASKS = (request, retry)


def check(payments):
    assert payments.charged == 30
