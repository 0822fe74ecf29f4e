"""The test ends its task; one that ends by itself, at once, is left alone."""

import asyncio
from contextlib import suppress


async def poll():
    while True:
        await asyncio.sleep(0.01)


async def test_polls_for_a_while():
    polling = asyncio.create_task(poll())

    await asyncio.sleep(0)
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling


async def test_says_goodbye_in_the_very_next_turn():
    async def say_goodbye():
        await asyncio.sleep(0)

    goodbye = asyncio.create_task(say_goodbye())

    assert not goodbye.done()
