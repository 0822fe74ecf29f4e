# check: -
# guilty: test_fills_the_cup_once
# text: fails in another one: a race
# text: the task 'barista' (fill) writes cup.is_full
# text: the task 'guest' (fill_if_late) reads cup.is_full
# text: pytest --asyncio-replay
# lines: all
"""Two tasks look before either of them acts, in an order that asyncio rarely runs."""

import asyncio

import pytest


class Cup:
    def __init__(self):
        self.is_full = False
        self.spilled = 0


async def fill(cup):
    if cup.is_full:  # guilty
        return
    await asyncio.sleep(0)
    cup.spilled += cup.is_full
    cup.is_full = True  # guilty


async def fill_if_late(cup):
    for _ in range(3):
        await asyncio.sleep(0)
    await fill(cup)


@pytest.mark.interleavings
async def test_fills_the_cup_once():
    cup = Cup()
    barista = asyncio.create_task(fill(cup), name="barista")
    guest = asyncio.create_task(fill_if_late(cup), name="guest")
    await asyncio.gather(barista, guest)
    assert cup.spilled == 0


async def test_drinks_it():
    cup = Cup()
    await fill(cup)
    assert cup.is_full
