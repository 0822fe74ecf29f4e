import asyncio


async def test_loop():
    assert type(asyncio.get_running_loop()).__name__ == "CountingLoop"
