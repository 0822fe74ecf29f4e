"""Somebody looks at these tests through a debugger, and takes longer than the limit."""

import asyncio
import pdb
import time

import pytest


async def test_stops_at_a_breakpoint():
    stopped = True
    breakpoint()
    await asyncio.sleep(0)

    assert stopped


async def test_is_stepped_through():
    pdb.set_trace()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


@pytest.fixture
async def looked_at():
    breakpoint()
    yield await asyncio.sleep(0)


async def test_has_a_fixture_that_is_looked_at(looked_at):
    pass


async def helper():
    await asyncio.sleep(0)
    breakpoint()


async def test_is_looked_at_in_a_task():
    await asyncio.create_task(helper())


async def test_real_fault_with_nobody_there():
    await asyncio.sleep(60)  # guilty: hang
