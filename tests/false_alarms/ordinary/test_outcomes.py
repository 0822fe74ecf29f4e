"""Tests that were skipped or failed as expected could not end what they had begun."""

import asyncio

import pytest


def leave_everything():
    loop = asyncio.get_running_loop()
    loop.call_later(60, print)
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task in test_real_fault


async def test_is_skipped_halfway():  # skipped
    leave_everything()
    pytest.skip("there is no such thing here")


@pytest.mark.xfail(reason="a known bug", strict=False)
async def test_fails_as_expected():  # skipped
    leave_everything()
    raise AssertionError


@pytest.mark.xfail(reason="a known bug", strict=True)
async def test_fails_as_expected_by_all():  # skipped
    leave_everything()
    raise AssertionError


@pytest.mark.xfail(raises=ValueError, strict=True, reason="a known bug")
async def test_fails_with_what_is_expected():  # skipped
    leave_everything()
    raise ValueError


async def test_says_itself_that_it_fails():  # skipped
    leave_everything()
    pytest.xfail("a known bug")


@pytest.mark.skip(reason="never runs")
async def test_never_runs():  # skipped
    leave_everything()


@pytest.fixture
async def missing():
    leave_everything()
    pytest.skip("there is no such thing here")


async def test_lacks_a_fixture(missing):  # skipped
    raise AssertionError


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("text", ["", "a[b]c", "ä"])
async def test_has_parameters(number, text):
    await asyncio.sleep(0)


async def test_comes_after_them_and_starts_clean():
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_real_fault():
    leave_everything()
