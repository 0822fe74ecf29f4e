# check: never_awaited
# guilty: test_saves_an_order
# text: save
"""A coroutine is called and never awaited: nothing is saved, and the test passes."""

saved = []


async def save(order):
    saved.append(order)


async def test_saves_an_order():
    save("tea")  # guilty


async def test_has_nothing_to_do_with_it():
    await save("coffee")
    assert "coffee" in saved
