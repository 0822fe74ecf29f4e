"""Tests and fixtures that take longer than the limit, and end well."""

import asyncio
import time

import pytest


@pytest.fixture
async def slow_setup():
    await asyncio.sleep(0.4)


@pytest.fixture
async def slow_teardown():
    yield
    await asyncio.sleep(0.4)


async def test_waits():
    await asyncio.sleep(0.4)


async def test_blocks():
    time.sleep(0.4)


async def test_is_set_up(slow_setup):
    pass


async def test_is_torn_down(slow_teardown):
    pass
