# check: current_loop
# guilty: test_closes_its_loop
# text: closed
"""A test closes its loop, and leaves it current: the next to ask for one gets it."""

import asyncio


async def answer():
    return 42


def test_closes_its_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # guilty
    assert loop.run_until_complete(answer()) == 42
    loop.close()  # guilty


def test_drives_a_loop_that_is_open(standard_event_loop):
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42


async def test_runs_on_the_usual_loop():
    assert await answer() == 42
