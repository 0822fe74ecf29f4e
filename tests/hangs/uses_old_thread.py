"""A loop that a thread from before the run will wake."""

import asyncio

from tests.test_old_thread import JOBS


async def test_the_thread_wakes_it():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    JOBS.put((loop, done))
    await done
