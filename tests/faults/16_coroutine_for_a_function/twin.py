"""The executor is given a function, and its arguments beside it."""

import asyncio


def resize(picture):
    return f"small {picture}"


async def test_resizes_in_a_thread():
    loop = asyncio.get_running_loop()

    resized = await loop.run_in_executor(None, resize, "cat")

    assert resized == "small cat"
