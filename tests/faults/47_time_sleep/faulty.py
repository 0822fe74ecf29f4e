# check: blocking_call
# guilty: test_waits_for_the_kettle
# text: time.sleep
"""`time.sleep` stops the loop, and everything that should go on meanwhile."""

import asyncio
import time


async def boil():
    time.sleep(0.2)  # guilty
    return "hot"


async def test_waits_for_the_kettle():
    assert await boil() == "hot"


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
