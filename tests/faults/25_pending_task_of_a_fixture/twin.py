"""A fixture's task lives as long as the fixture: over tests, if its scope says so."""

import asyncio
from contextlib import suppress

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Clock:
    ticks = 0

    async def tick(self):
        while True:
            self.ticks += 1
            await asyncio.sleep(0.01)

    async def stop(self):
        self.ticking.cancel()
        with suppress(asyncio.CancelledError):
            await self.ticking


@pytest_asyncio.fixture(loop_scope="module")
async def ticking_clock():
    clock = Clock()
    clock.ticking = asyncio.create_task(clock.tick())
    yield clock
    await clock.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_clock():
    clock = Clock()
    clock.ticking = asyncio.create_task(clock.tick())
    yield clock
    await clock.stop()


async def test_reads_the_clock(ticking_clock):
    await asyncio.sleep(0)

    assert ticking_clock.ticks > 0


async def test_reads_the_shared_clock(shared_clock):
    await asyncio.sleep(0)

    assert shared_clock.ticks > 0


async def test_reads_the_shared_clock_again(shared_clock):
    await asyncio.sleep(0)

    assert shared_clock.ticks > 0
