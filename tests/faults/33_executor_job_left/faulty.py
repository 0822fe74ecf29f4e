# check: executor_job
# guilty: test_compresses_in_the_background
# text: compress
"""A job of the executor's is still running when the test has ended."""

import asyncio
import time


def compress():
    time.sleep(0.3)


async def test_compresses_in_the_background():
    asyncio.get_running_loop().run_in_executor(None, compress)  # guilty


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
