"""Limits of their own, by the marker."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio_test_timeout(0.2)


async def test_takes_the_limit_of_the_module():
    await asyncio.sleep(0.5)


@pytest.mark.asyncio_test_timeout(20)
async def test_takes_its_own():
    await asyncio.sleep(0.5)


@pytest.mark.asyncio_test_timeout(None)
async def test_takes_none():
    await asyncio.sleep(0.5)


@pytest.fixture
async def slow():
    await asyncio.sleep(0.5)


@pytest.mark.asyncio_test_timeout(20)
async def test_gives_its_fixtures_the_same(slow):
    pass


async def test_gives_its_fixtures_that_of_the_module(slow):
    pass


@pytest.mark.asyncio_test_timeout(20)
class TestOfAClass:
    async def test_takes_that_of_the_class(self):
        await asyncio.sleep(0.5)


@pytest.mark.asyncio_allow("hang", reason="the machine is slow")
async def test_is_allowed_to():
    await asyncio.sleep(0.5)
