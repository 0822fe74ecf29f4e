# check: callback_failed
# guilty: test_counts_what_was_sold
# text: sold == 3
"""An assertion fails in a callback of the loop, where it reaches no test."""

import asyncio


def check(sold):
    assert sold == 3  # guilty


async def test_counts_what_was_sold():
    asyncio.get_running_loop().call_soon(check, 2)

    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
