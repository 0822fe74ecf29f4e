"""Fixtures that hang, and what becomes of the others."""

import asyncio

import pytest
import pytest_asyncio

ENDED = []


@pytest.fixture
def plain():
    yield
    ENDED.append("plain")


@pytest.fixture
async def other():
    yield
    ENDED.append("other")


@pytest.fixture
async def spins_in_setup():
    while True:  # test_setup_spins
        pass  # test_setup_spins


@pytest.fixture
async def waits_in_setup():
    await asyncio.sleep(30)  # test_setup_waits
    yield


@pytest.fixture
async def spins_in_teardown():
    yield
    while True:  # test_teardown_spins
        pass  # test_teardown_spins


@pytest.fixture
async def waits_in_teardown():
    yield
    await asyncio.sleep(30)  # test_teardown_waits


@pytest.fixture
def asks_for_one(request):
    return request.getfixturevalue("waits_in_setup")  # test_asks_in_a_fixture


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wide():
    await asyncio.sleep(30)  # test_first_with_a_wide_one
    yield


async def test_setup_spins(plain, other, spins_in_setup):
    pass


async def test_setup_waits(plain, other, waits_in_setup):
    pass


async def test_teardown_spins(plain, other, spins_in_teardown):
    pass


async def test_teardown_waits(plain, other, waits_in_teardown):
    pass


def test_all_others_were_torn_down():
    assert ENDED == ["other", "plain"] * 4


def test_asks_in_a_fixture(asks_for_one):
    pass


@pytest.mark.asyncio(loop_scope="module")
async def test_first_with_a_wide_one(wide):
    pass


@pytest.mark.asyncio(loop_scope="module")
async def test_second_with_a_wide_one(wide):
    pass


@pytest.mark.asyncio(loop_scope="module")
async def test_the_loop_is_as_good_as_before():
    await asyncio.sleep(0)


async def test_hangs_and_its_fixture_too(waits_in_teardown):
    await asyncio.sleep(30)


async def test_has_nothing_to_do_with_it(plain, other):
    await asyncio.sleep(0)
