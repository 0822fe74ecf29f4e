# check: foreign_thread
# guilty: test_is_called_back
# text: call_soon_threadsafe
"""Another thread calls `loop.call_soon`, which is not made for it."""

import asyncio


def work(loop, done):
    loop.call_soon(done.set)  # guilty


async def test_is_called_back():
    done = asyncio.Event()

    await asyncio.to_thread(work, asyncio.get_running_loop(), done)

    await done.wait()


async def test_has_nothing_to_do_with_it():
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon(done.set)

    await done.wait()
