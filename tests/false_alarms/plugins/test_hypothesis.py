"""Async tests that Hypothesis runs again and again."""

import asyncio
import time

import pytest
from hypothesis import given, settings, strategies


@given(strategies.integers())
async def test_takes_any_number(number):
    await asyncio.sleep(0)

    assert isinstance(number, int)


@given(strategies.lists(strategies.integers()))
@settings(max_examples=30)
async def test_leaves_what_ends_at_once(numbers):
    for _ in numbers:
        asyncio.create_task(asyncio.sleep(0))


# Together they take longer than the time limit, which is for each.
@pytest.mark.asyncio_allow("long_sleep", reason="the limit is one of real time")
@given(strategies.integers())
@settings(max_examples=30, deadline=None)
async def test_takes_its_time(number):
    await asyncio.sleep(0.1)


@given(strategies.integers())
@settings(max_examples=5)
def test_is_sync(number):
    asyncio.run(asyncio.sleep(0))


@given(strategies.integers())
@settings(max_examples=5)
async def test_real_fault(number):
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task
