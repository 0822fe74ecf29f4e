"""The server is closed where it was opened, and waited for."""

import asyncio


async def greet(reader, writer):
    raise NotImplementedError


async def test_opens_a_shop():
    shop = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with shop:
        assert shop.is_serving()
