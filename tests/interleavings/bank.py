"""A balance that tasks read, and write when they have waited: one with a lock."""

import asyncio

import pytest


class Account:
    """An account whose balance can be changed by several tasks."""

    def __init__(self) -> None:
        self.balance = 0
        self.lock = asyncio.Lock()


@pytest.fixture
def account() -> Account:
    """Begin with an empty account, for every run."""
    return Account()


async def deposit(account: Account, amount: int) -> None:
    before = account.balance  # read
    await asyncio.sleep(0)
    account.balance = before + amount  # write


async def deposit_alone(account: Account, amount: int) -> None:
    async with account.lock:
        await deposit(account, amount)


async def deposit_later(account: Account, amount: int) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    await deposit(account, amount)


@pytest.mark.interleavings
async def test_lost_update(account: Account) -> None:
    early = asyncio.create_task(deposit(account, 10), name="early")
    late = asyncio.create_task(deposit_later(account, 5), name="late")
    await asyncio.gather(early, late)
    assert account.balance == 15


@pytest.mark.interleavings(mode="systematic", preemptions=1)
async def test_lost_update_systematically(account: Account) -> None:
    await asyncio.gather(deposit(account, 10), deposit_later(account, 5))
    assert account.balance == 15


@pytest.mark.interleavings
async def test_no_update_is_lost(account: Account) -> None:
    await asyncio.gather(deposit_alone(account, 10), deposit_alone(account, 5))
    assert account.balance == 15


@pytest.mark.interleavings(mode="systematic", preemptions=1)
async def test_no_update_is_lost_systematically(account: Account) -> None:
    await asyncio.gather(deposit_alone(account, 10), deposit_alone(account, 5))
    assert account.balance == 15
