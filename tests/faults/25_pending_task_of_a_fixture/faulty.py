# check: pending_task
# guilty: test_reads_the_clock
# text: ticking_clock
"""A fixture starts a task, and leaves it running when the test has ended."""

import asyncio

import pytest


class Clock:
    ticks = 0

    async def tick(self):
        while True:
            self.ticks += 1
            await asyncio.sleep(0.01)


@pytest.fixture
async def ticking_clock():
    clock = Clock()
    clock.ticking = asyncio.create_task(clock.tick())  # guilty
    return clock


async def test_reads_the_clock(ticking_clock):
    await asyncio.sleep(0)

    assert ticking_clock.ticks > 0


async def test_reads_no_clock():
    await asyncio.sleep(0)
