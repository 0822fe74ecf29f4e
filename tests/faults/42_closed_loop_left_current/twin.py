"""The test closes its loop, and lets no loop be current."""

import asyncio


async def answer():
    return 42


def test_closes_its_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        assert loop.run_until_complete(answer()) == 42
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def test_runs_on_the_usual_loop():
    assert await answer() == 42
