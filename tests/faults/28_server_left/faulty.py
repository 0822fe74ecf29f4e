# check: open_server
# guilty: test_opens_a_shop
# text: 127.0.0.1
"""A server still listens when the test has ended."""

import asyncio


async def greet(reader, writer):
    raise NotImplementedError


async def test_opens_a_shop():
    shop = await asyncio.start_server(greet, "127.0.0.1", 0)  # guilty

    assert shop.is_serving()


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
