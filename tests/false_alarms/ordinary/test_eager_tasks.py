"""Tasks that begin at once, where the loop is told to make such ones."""
# needs: 3.12

import asyncio

import pytest


@pytest.fixture(autouse=True)
async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    yield
    loop.set_task_factory(None)


async def test_ends_before_it_waits():
    async def say():
        return "at once"

    task = asyncio.create_task(say())
    assert task.done()

    assert await task == "at once"


async def test_begins_and_goes_on():
    assert await asyncio.create_task(asyncio.sleep(0.01, "later")) == "later"


async def test_groups():
    async with asyncio.TaskGroup() as group:
        first = group.create_task(asyncio.sleep(0, 1))
        second = group.create_task(asyncio.sleep(0.01, 2))

    assert (first.result(), second.result()) == (1, 2)


async def test_leaves_a_task_that_ends_at_once():
    asyncio.create_task(asyncio.sleep(0))


async def test_gathers_errors():
    async def fail():
        raise ValueError

    results = await asyncio.gather(fail(), fail(), return_exceptions=True)
    assert len(results) == 2


async def test_real_fault_begins_at_once():
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task
