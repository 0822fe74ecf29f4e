"""What has to be done before and after stands in a fixture, where `yield` is right."""

import pytest


async def add(left, right):
    return left + right


@pytest.fixture
async def total():
    total = [await add(1, 1)]
    yield total
    total.clear()


async def test_adds_up(total):
    assert total == [2]
