# check: child_process
# guilty: test_starts_a_helper
# text: sleep
"""A child process is still running when the test has ended."""

import asyncio


async def test_starts_a_helper():
    helper = await asyncio.create_subprocess_exec("sleep", "10")  # guilty

    assert helper.returncode is None


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
