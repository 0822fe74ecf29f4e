# check: task_destroyed
# guilty: test_waits_for_the_postman
# text: wait_for_the_postman
"""Nobody holds the task: the garbage collector destroys it before it has finished."""

import asyncio
import gc


async def wait_for_the_postman():
    await asyncio.get_running_loop().create_future()


async def test_waits_for_the_postman():
    asyncio.create_task(wait_for_the_postman())  # guilty

    await asyncio.sleep(0)
    gc.collect()  # as it may happen at any time


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
