"""Fixture and test run on the same loop, that of the module."""

import asyncio

import pytest
import pytest_asyncio


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reply():
    reply = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(reply.set_result, "yes")
    return reply


@pytest.mark.asyncio(loop_scope="module")
async def test_waits_for_the_reply(reply):
    assert await reply == "yes"


async def test_is_on_another_loop_and_only_looks(reply):
    assert not reply.cancelled()
