"""The child process is ended and waited for."""

import asyncio


async def test_starts_a_helper():
    helper = await asyncio.create_subprocess_exec("sleep", "10")

    helper.terminate()

    assert await helper.wait() < 0


async def test_starts_a_helper_that_ends_by_itself():
    helper = await asyncio.create_subprocess_exec("true")

    assert await helper.wait() == 0
