"""Two calls make two coroutines; a task may be given twice, since it has one result."""

import asyncio


async def roll():
    await asyncio.sleep(0)
    return 6


async def test_rolls_two_dice():
    assert await asyncio.gather(roll(), roll()) == [6, 6]


async def test_waits_twice_for_one_die():
    die = asyncio.create_task(roll())

    assert await asyncio.gather(die, die) == [6, 6]
