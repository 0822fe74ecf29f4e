# check: unrun_generator
# guilty: test_adds_up
# text: yield
"""A `yield` makes an async generator of the test, which nobody runs."""


async def add(left, right):
    return left + right


async def test_adds_up():
    total = await add(1, 1)
    yield  # guilty
    assert total == 3


async def test_has_nothing_to_do_with_it():
    assert await add(1, 1) == 2
