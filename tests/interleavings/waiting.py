"""Tests that wait for a state, under many orders."""

import asyncio

import pytest

from tests.utils.asyncio_helpers import Sequencer, settle, wait_until

pytestmark = pytest.mark.interleavings(runs=30)


class Visitor:
    def __init__(self):
        self.is_inside = False
        self.bell = asyncio.Event()

    async def visit(self):
        await self.bell.wait()
        self.is_inside = True
        loop = asyncio.get_running_loop()
        has_seen = loop.create_future()
        loop.call_later(0, has_seen.set_result, None)  # in the next turn
        await has_seen
        self.is_inside = False

    async def look_around(self):
        for _ in range(10):
            await asyncio.sleep(0)


async def test_what_is_waited_for_is_so_when_the_test_goes_on():
    visitor = Visitor()
    tasks = [asyncio.create_task(visitor.look_around()) for _ in range(3)]
    tasks.append(asyncio.create_task(visitor.visit()))
    visitor.bell.set()

    await wait_until(lambda: visitor.is_inside)
    assert visitor.is_inside
    await wait_until(lambda: not visitor.is_inside)
    assert not visitor.is_inside

    await asyncio.wait(tasks)


async def test_settled_is_settled_in_any_order():
    visitor = Visitor()
    tasks = [asyncio.create_task(visitor.look_around()) for _ in range(3)]

    await settle()

    assert all(task.done() for task in tasks)


async def test_a_sequence_is_the_same_in_any_order():
    steps, seen = Sequencer(), []

    async def take(number):
        async with steps(number):
            seen.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(take(number) for number in (2, 0, 3, 1)))

    assert seen == [0, 1, 2, 3]
