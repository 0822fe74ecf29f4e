# check: -
# guilty: test_waits_for_the_reply
# text: attached to a different loop
# text: 'pending_reply'
# text: module
# text: function
"""A fixture makes a future on the module's loop, and the test awaits it on its own."""

import asyncio

import pytest_asyncio


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pending_reply():
    reply = asyncio.get_running_loop().create_future()
    yield reply
    reply.cancel()


async def test_waits_for_the_reply(pending_reply):
    await pending_reply  # guilty


async def test_waits_for_nothing(pending_reply):
    assert not pending_reply.done()
