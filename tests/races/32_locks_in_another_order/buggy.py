"""Two transfers in opposite directions each hold the lock that the other waits for."""

import asyncio


class Accounts:
    def __init__(self):
        self.locks = {"ann": asyncio.Lock(), "bob": asyncio.Lock()}
        self.balances = {"ann": 10, "bob": 10}

    async def transfer(self, source, target):
        async with self.locks[source]:
            await asyncio.sleep(0)  # looks at the balance
            async with self.locks[target]:  # guilty
                self.balances[source] -= 1
                self.balances[target] += 1


def begin():
    return Accounts()


async def ann(accounts):
    await accounts.transfer("ann", "bob")


async def bob(accounts):
    for _step in range(2):
        await asyncio.sleep(0)
    await accounts.transfer("bob", "ann")


TASKS = (ann, bob)


def check(accounts):
    assert accounts.balances == {"ann": 10, "bob": 10}
