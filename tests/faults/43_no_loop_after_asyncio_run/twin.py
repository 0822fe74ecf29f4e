"""Nothing wants a current loop after `asyncio.run`; the next test has its own."""

import asyncio


async def answer():
    return 42


def test_asks_for_no_loop_after_the_run():
    assert asyncio.run(answer()) == 42
    assert asyncio.run(answer()) == 42


def test_relies_on_the_loop_of_the_session(session_scoped_event_loop):
    assert asyncio.get_event_loop() is session_scoped_event_loop
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
