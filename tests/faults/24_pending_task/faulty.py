# check: pending_task
# guilty: test_polls_for_ever
# text: poll
"""A task of the test's is still running when the test has ended."""

import asyncio


async def poll():
    while True:
        await asyncio.sleep(0.01)


async def test_polls_for_ever():
    polling = asyncio.create_task(poll())  # guilty

    await asyncio.sleep(0)

    assert not polling.done()


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
