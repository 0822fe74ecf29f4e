# loop: asyncio
"""Whoever looks holds the lock until it has acted, whatever the order."""

import asyncio

import pytest


class Cup:
    def __init__(self):
        self.is_full = False
        self.spilled = 0
        self.lock = asyncio.Lock()


async def fill(cup):
    async with cup.lock:
        if cup.is_full:
            return
        await asyncio.sleep(0)
        cup.spilled += cup.is_full
        cup.is_full = True


async def fill_if_late(cup):
    for _ in range(3):
        await asyncio.sleep(0)
    await fill(cup)


@pytest.mark.interleavings
async def test_fills_the_cup_once():
    cup = Cup()
    await asyncio.gather(fill(cup), fill_if_late(cup))
    assert cup.spilled == 0


@pytest.mark.interleavings(mode="systematic", preemptions=1)
async def test_fills_it_once_systematically():
    cup = Cup()
    await asyncio.gather(fill(cup), fill_if_late(cup), fill(cup))
    assert cup.spilled == 0


async def test_drinks_it():
    cup = Cup()
    await fill(cup)
    assert cup.is_full
