# check: pending_task
# guilty: test_starts_a_stubborn_worker
# text: work_stubbornly
"""A task swallows its cancellation: whoever waits for its end waits for ever."""

import asyncio


async def work_stubbornly():
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue


async def test_starts_a_stubborn_worker():
    working = asyncio.create_task(work_stubbornly())  # guilty

    await asyncio.sleep(0)

    assert not working.done()


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
