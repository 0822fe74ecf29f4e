import asyncio


async def test_debug():
    assert asyncio.get_running_loop().get_debug()
