# check: stalled_loop
# guilty: test_counts_the_stars
# text: count_the_stars
"""Half a second of plain Python stops the loop, without a call that could be watched."""

import asyncio
import time


async def count_the_stars():
    stars = 0
    end = time.thread_time() + 0.5
    while time.thread_time() < end:  # guilty
        for _ in range(1000):  # guilty
            stars += 1  # guilty
    return stars


async def test_counts_the_stars():
    assert await count_the_stars() > 0


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
