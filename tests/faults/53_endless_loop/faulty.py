# check: hang
# guilty: test_waits_until_it_is_done
# text: wait_until
"""A loop without an await waits for what only another task could do."""

import asyncio


async def wait_until(job):
    while not job.done():  # guilty
        pass  # guilty


async def test_waits_until_it_is_done():
    job = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(job.set_result, None)

    await wait_until(job)


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
