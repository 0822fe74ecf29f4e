# check: -
# guilty: test_resizes_in_a_thread
# text: 'coroutine' object is not callable
"""An executor is given a coroutine instead of a function that it could call."""

import asyncio


async def resize(picture):
    return f"small {picture}"


async def test_resizes_in_a_thread():
    loop = asyncio.get_running_loop()

    resized = await loop.run_in_executor(None, resize("cat"))  # guilty

    assert resized == "small cat"


async def test_resizes():
    assert await resize("dog") == "small dog"
