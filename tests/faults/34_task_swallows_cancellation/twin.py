"""The task cleans up when it is cancelled, and ends."""

import asyncio


async def work(cleaned_up):
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            cleaned_up.append(True)
            raise


async def test_starts_a_worker():
    cleaned_up = []
    working = asyncio.create_task(work(cleaned_up))
    await asyncio.sleep(0)

    working.cancel()
    await asyncio.wait([working])

    assert working.cancelled()
    assert cleaned_up == [True]
