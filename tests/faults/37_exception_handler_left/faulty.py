# check: exception_handler
# guilty: test_collects_failures
# text: failures
"""A test replaces the exception handler of a loop that others share, for good."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_collects_failures():
    failures = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *failure: failures.append(failure))  # guilty

    await asyncio.sleep(0)

    assert failures == []


async def test_is_sure_to_hear_of_failures():
    assert asyncio.get_running_loop().get_exception_handler() is None
