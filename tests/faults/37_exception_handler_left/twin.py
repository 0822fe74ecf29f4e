"""The loop gets the handler back that it had."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_collects_failures():
    failures = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda *failure: failures.append(failure))
    try:
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)

    assert failures == []


async def test_leaves_the_handler_as_it_is():
    loop = asyncio.get_running_loop()

    loop.set_exception_handler(loop.get_exception_handler())
