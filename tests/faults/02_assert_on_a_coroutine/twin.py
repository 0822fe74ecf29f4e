"""What the coroutine returns is asserted."""


async def is_ready():
    return True


async def test_is_ready():
    assert await is_ready()
