"""A test hangs while time stands still for it."""

import asyncio

import freezegun
import pytest


@pytest.fixture
def frozen():
    with freezegun.freeze_time("2030-01-01"):
        yield


async def test_hangs_in_frozen_time(frozen):
    await asyncio.sleep(77)  # hangs


async def test_has_nothing_to_do_with_it():
    pass
