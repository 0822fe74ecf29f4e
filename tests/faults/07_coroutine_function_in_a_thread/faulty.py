# check: never_awaited
# guilty: test_saves_in_the_background
# text: save
"""A thread is given a coroutine function: it makes a coroutine, and never runs it."""

import asyncio

saved = []


async def save(order):
    saved.append(order)


async def test_saves_in_the_background():
    await asyncio.to_thread(save, "tea")  # guilty


async def test_has_nothing_to_do_with_it():
    await save("coffee")
    assert "coffee" in saved
