import asyncio


async def test_shares_the_loop(database):
    assert database["loop"] is asyncio.get_running_loop()


async def test_so_does_this(database):
    assert database["loop"] is asyncio.get_running_loop()
