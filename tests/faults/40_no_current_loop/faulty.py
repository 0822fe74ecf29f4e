# check: -
# guilty: test_asks_for_the_current_loop
# text: standard_event_loop
"""A sync test asks for the current loop where there is none.

Whether Python makes one, warns or refuses depends on its version, and on what ran before.
"""

import asyncio


async def answer():
    return 42


def test_asks_for_the_current_loop():
    loop = asyncio.get_event_loop()  # guilty

    assert loop.run_until_complete(answer()) == 42


async def test_runs_on_the_usual_loop():
    assert await answer() == 42
