"""Somebody looks at these tests from an editor, and takes longer than the limit."""

import asyncio


async def test_takes_its_time():
    await asyncio.sleep(0.6)


async def test_real_fault():
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task
