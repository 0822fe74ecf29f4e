"""Watchers that plugins start around a test are none of the test's."""

import asyncio
import threading

import pytest


async def test_is_async():
    await asyncio.sleep(0)


def test_is_sync():
    pass


@pytest.fixture
async def something():
    return await asyncio.sleep(0, "something")


async def test_has_a_fixture(something):
    assert something == "something"


async def test_real_fault():
    timer = threading.Timer(60, print)
    timer.daemon = True
    timer.start()  # guilty: running_thread
