"""The coroutine is awaited, and what it did is looked at."""

saved = []


async def save(order):
    saved.append(order)


async def test_saves_an_order():
    await save("tea")

    assert "tea" in saved


async def test_closes_a_coroutine_that_it_does_not_want():
    unwanted = save("milk")
    unwanted.close()

    assert "milk" not in saved
