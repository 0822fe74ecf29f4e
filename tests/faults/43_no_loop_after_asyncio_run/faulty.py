# check: -
# guilty: test_asks_for_a_loop_after_the_run
# text: There is no current event loop
"""`asyncio.run` leaves no current loop: code that wants one afterwards fails there."""

import asyncio


async def answer():
    return 42


def test_asks_for_a_loop_after_the_run():
    assert asyncio.run(answer()) == 42

    asyncio.get_event_loop()  # guilty


def test_relies_on_the_loop_of_the_session(session_scoped_event_loop):
    assert asyncio.get_event_loop() is session_scoped_event_loop
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
