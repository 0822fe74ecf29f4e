"""The test holds the task, and the task's future, until both have ended."""

import asyncio
import gc


async def wait_for(postman):
    return await postman


async def test_waits_for_the_postman():
    postman = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(wait_for(postman))

    await asyncio.sleep(0)
    gc.collect()
    postman.set_result("a letter")

    assert await waiting == "a letter"
