"""Loops that nothing can wake any more; each hangs as soon as that is so."""

import asyncio
import concurrent.futures


async def test_nobody_sets_the_future():
    await asyncio.get_running_loop().create_future()  # hangs


async def test_a_pool_has_nothing_to_do():
    await asyncio.to_thread(int)
    await asyncio.Event().wait()  # hangs


async def test_a_timer_was_cancelled():
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(30, done.set_result, None).cancel()
    await done  # hangs


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
