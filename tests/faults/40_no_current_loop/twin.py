"""A fixture makes a loop current for the test; in async code there is one anyway."""

import asyncio


async def answer():
    return 42


def test_asks_for_the_current_loop(standard_event_loop):
    loop = asyncio.get_event_loop()

    assert loop is standard_event_loop
    assert loop.run_until_complete(answer()) == 42


async def test_runs_on_the_usual_loop():
    assert asyncio.get_event_loop() is asyncio.get_running_loop()
