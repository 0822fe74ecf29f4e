"""Both bookings read the balance before either has written it."""

import asyncio


class Account:
    def __init__(self):
        self.balance = 100

    async def book(self, amount):
        balance = self.balance  # guilty
        await asyncio.sleep(0)  # the ledger takes note
        self.balance = balance + amount  # guilty


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
