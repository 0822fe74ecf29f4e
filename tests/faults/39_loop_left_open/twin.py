"""The loop is closed where it was made."""

import asyncio


async def answer():
    return 42


def test_runs_on_a_loop_of_its_own():
    loop = asyncio.new_event_loop()
    try:
        assert loop.run_until_complete(answer()) == 42
    finally:
        loop.close()


def test_leaves_the_loop_to_asyncio():
    assert asyncio.run(answer()) == 42
