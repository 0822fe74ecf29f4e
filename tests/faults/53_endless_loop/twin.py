"""The loop awaits, so that others have their turn."""

import asyncio


async def wait_until(job):
    while not job.done():
        await asyncio.sleep(0)


async def test_waits_until_it_is_done():
    job = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(job.set_result, None)

    await wait_until(job)
