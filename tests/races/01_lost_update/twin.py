"""One booking at a time."""

import asyncio


class Account:
    def __init__(self):
        self.balance = 100
        self.lock = asyncio.Lock()

    async def book(self, amount):
        async with self.lock:
            balance = self.balance
            await asyncio.sleep(0)  # the ledger takes note
            self.balance = balance + amount


def begin():
    return Account()


async def withdraw(account):
    await account.book(-30)


async def deposit(account):
    await asyncio.sleep(0)  # who is it?
    await account.book(50)


TASKS = (withdraw, deposit)


def check(account):
    assert account.balance == 120
