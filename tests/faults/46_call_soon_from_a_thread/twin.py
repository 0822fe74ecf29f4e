"""The other thread calls `call_soon_threadsafe`."""

import asyncio


def work(loop, done):
    loop.call_soon_threadsafe(done.set)


async def test_is_called_back():
    done = asyncio.Event()

    await asyncio.to_thread(work, asyncio.get_running_loop(), done)

    await done.wait()


async def test_runs_a_loop_in_another_thread():
    async def call_soon():
        done = asyncio.Event()
        asyncio.get_running_loop().call_soon(done.set)
        await done.wait()

    await asyncio.to_thread(asyncio.run, call_soon())
