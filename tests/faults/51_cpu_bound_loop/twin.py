"""A long calculation lets others have their turn, or is done in a thread."""

import asyncio
import time


async def count_the_stars():
    stars = 0
    end = time.thread_time() + 0.5
    while time.thread_time() < end:
        for _ in range(1000):
            stars += 1
        await asyncio.sleep(0)
    return stars


def count_the_planets():
    planets = 0
    end = time.thread_time() + 0.5
    while time.thread_time() < end:
        planets += 1
    return planets


async def test_counts_the_stars():
    assert await count_the_stars() > 0


async def test_counts_the_planets():
    assert await asyncio.to_thread(count_the_planets) > 0
