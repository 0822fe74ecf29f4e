# check: coroutine_given_twice
# guilty: test_rolls_two_dice
# text: roll
"""The same coroutine is given to gather twice: it runs once, and counts twice."""

import asyncio

rolled = []


async def roll():
    rolled.append(6)
    return 6


async def test_rolls_two_dice():
    die = roll()

    assert await asyncio.gather(die, die) == [6, 6]  # guilty


async def test_rolls_one_die():
    assert await asyncio.gather(roll()) == [6]
