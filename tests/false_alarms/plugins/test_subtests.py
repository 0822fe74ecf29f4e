"""Subtests of pytest's own."""

import asyncio

import pytest

if not hasattr(pytest, "Subtests"):
    pytest.skip("pytest has none before 9", allow_module_level=True)


async def test_has_some(subtests):
    for number in range(3):
        with subtests.test(number=number):
            await asyncio.sleep(0)


async def test_begins_in_one_and_ends_in_another(subtests):
    with subtests.test("begins"):
        task = asyncio.create_task(asyncio.sleep(60))
    with subtests.test("goes on"):
        await asyncio.sleep(0)
    with subtests.test("ends"):
        task.cancel()


async def test_skips_one(subtests):  # skipped
    with subtests.test("skipped"):
        pytest.skip("there is no such thing here")
    with subtests.test("runs"):
        await asyncio.sleep(0)


def test_is_sync(subtests):
    with subtests.test("runs"):
        asyncio.run(asyncio.sleep(0))


async def test_real_fault(subtests):
    with subtests.test("begins"):
        asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task
