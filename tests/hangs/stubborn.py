"""Tests that hang on a loop that others share, and do not want to be ended."""

import asyncio
import concurrent.futures
import threading

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_swallows_its_cancellation():
    while True:
        try:
            await asyncio.sleep(30)  # hangs
        except asyncio.CancelledError:
            pass


async def test_spins_when_it_is_cancelled():
    try:
        await asyncio.sleep(30)  # hangs
    except asyncio.CancelledError:
        while True:
            pass


async def test_has_a_job_that_never_ends():
    await asyncio.to_thread(threading.Event().wait)  # hangs


async def test_has_a_pool_that_never_ends():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(pool, threading.Event().wait)  # hangs


async def test_leaves_a_task_that_swallows_its_cancellation():
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                pass

    await asyncio.gather(stubborn())  # hangs


async def test_waits_in_a_circle():
    hen_and_egg = []

    async def come_after(which):
        await asyncio.sleep(0)
        await asyncio.gather(hen_and_egg[which])  # hangs

    hen_and_egg += [asyncio.create_task(come_after(which)) for which in (1, 0)]
    await asyncio.wait(hen_and_egg)


async def test_stops_the_loop_itself():
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0.01)


async def test_has_nothing_to_do_with_it():
    assert await asyncio.to_thread(int) == 0
    assert len(asyncio.all_tasks()) == 1
