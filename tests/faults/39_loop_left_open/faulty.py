# check: open_loop
# guilty: test_runs_on_a_loop_of_its_own
# text: close
"""A test makes an event loop, and never closes it."""

import asyncio


async def answer():
    return 42


def test_runs_on_a_loop_of_its_own():
    loop = asyncio.new_event_loop()  # guilty

    assert loop.run_until_complete(answer()) == 42


async def test_runs_on_the_usual_loop():
    assert await answer() == 42
