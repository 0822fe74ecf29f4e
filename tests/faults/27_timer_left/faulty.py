# check: pending_timer
# guilty: test_makes_tea
# text: ring
"""A timer of the test's is still set when the test has ended."""

import asyncio


def ring():
    raise NotImplementedError


async def test_makes_tea():
    asyncio.get_running_loop().call_later(3600, ring)  # guilty

    await asyncio.sleep(0)


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
