"""Tests that are set to virtual time by a marker, or not."""

import asyncio
import time

import pytest
import pytest_asyncio

AGE = 1000000


async def is_virtual():
    """Tell it without waiting, if it is not."""
    loop = asyncio.get_running_loop()
    return "time" in vars(loop)


@pytest_asyncio.fixture
async def nap():
    await asyncio.sleep(AGE)
    return asyncio.get_running_loop().time()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared():
    return await is_virtual()


@pytest.mark.virtual_clock
async def test_marked():
    await asyncio.sleep(AGE)


@pytest.mark.virtual_clock()
async def test_marked_with_a_fixture(nap, shared):
    assert asyncio.get_running_loop().time() == nap
    assert not shared


@pytest.mark.virtual_clock(True)
async def test_marked_and_takes_it(nap, virtual_clock):
    assert virtual_clock.now == AGE


@pytest.mark.virtual_clock
class TestClass:
    async def test_in_it(self):
        await asyncio.sleep(AGE)

    @pytest.mark.virtual_clock(False)
    async def test_not_in_it(self):
        assert not await is_virtual()


async def test_unmarked(request):
    assert await is_virtual() is request.config.getini("asyncio_virtual_clock")


@pytest.mark.virtual_clock
async def test_marked_asks_for_it_late(request):
    await asyncio.sleep(AGE)
    assert request.getfixturevalue("virtual_clock").now == AGE


ON, OFF = pytest.mark.virtual_clock, pytest.mark.virtual_clock(False)
one_of_each = pytest.mark.parametrize(
    "is_on", [pytest.param(True, marks=ON), pytest.param(False, marks=OFF)]
)


@one_of_each
async def test_marked_by_parameter(is_on):
    assert await is_virtual() is is_on


@one_of_each
@pytest.mark.asyncio(loop_scope="module")
async def test_marked_by_parameter_on_a_shared_loop(is_on):
    assert await is_virtual() is is_on


def test_sync():
    assert time.monotonic() > 0
