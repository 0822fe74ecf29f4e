# check: never_awaited
# guilty: test_is_ready
# text: is_ready
"""The coroutine itself is asserted: an object like any other, so it is always true."""


async def is_ready():
    return False


async def test_is_ready():
    assert is_ready()  # guilty


async def test_has_nothing_to_do_with_it():
    assert not await is_ready()
