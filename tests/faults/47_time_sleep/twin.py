"""`asyncio.sleep` lets others go on; a thread or a sync test may sleep as it likes."""

import asyncio
import time


async def boil():
    await asyncio.sleep(0.02)
    return "hot"


async def test_waits_for_the_kettle():
    assert await boil() == "hot"


async def test_sleeps_in_a_thread():
    await asyncio.to_thread(time.sleep, 0.2)


def test_sleeps_where_no_loop_runs():
    time.sleep(0.2)
