"""The thread is given a sync function; the coroutine is awaited."""

import asyncio

saved = []


async def save(order):
    saved.append(order)


async def test_saves_in_the_background():
    await asyncio.to_thread(saved.append, "tea")
    await save("coffee")

    assert {"tea", "coffee"} <= set(saved)


async def test_runs_a_coroutine_that_a_thread_has_made():
    await (await asyncio.to_thread(save, "milk"))

    assert "milk" in saved
