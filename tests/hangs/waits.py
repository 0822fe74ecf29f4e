"""Tests that wait, each for something else."""

import asyncio
import contextlib
import sys
import threading
import time

import pytest

from tests.utils.asyncio_helpers import Sequencer, wait_until

pytestmark = pytest.mark.asyncio_test_timeout(0.3)
since_3_11 = pytest.mark.skipif(sys.version_info < (3, 11), reason="since Python 3.11")


async def pending():
    await asyncio.Event().wait()


async def test_async_generator():
    async def numbers():
        await asyncio.sleep(77)  # hangs
        yield 1

    async for _ in numbers():  # hangs
        pass


async def test_gather():
    second = asyncio.create_task(pending(), name="second")
    await asyncio.gather(asyncio.sleep(0), second)  # hangs


async def test_wait():
    names = ("one", "two")
    await asyncio.wait([asyncio.create_task(pending(), name=each) for each in names])


async def test_wait_for():
    await asyncio.wait_for(asyncio.Queue().get(), 50)  # hangs


async def test_shield():
    await asyncio.shield(asyncio.create_task(pending(), name="shielded"))  # hangs


@since_3_11
async def test_task_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(pending(), name="child")


@since_3_11
async def test_timeout():
    async with asyncio.timeout(50):
        await asyncio.get_running_loop().create_future()  # hangs


@since_3_11
async def test_barrier():
    await asyncio.Barrier(3).wait()  # hangs


async def test_condition():
    condition = asyncio.Condition()
    async with condition:
        await condition.wait()  # hangs


async def test_semaphore():
    await asyncio.Semaphore(0).acquire()  # hangs


async def test_queue_put():
    queue = asyncio.Queue(1)
    await queue.put(1)
    await queue.put(2)  # hangs


async def test_queue_join():
    queue = asyncio.Queue()
    await queue.put(1)
    await queue.join()  # hangs


async def test_future():
    await asyncio.get_running_loop().create_future()  # hangs


async def test_stream():
    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        address = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address)
        try:
            await reader.readline()  # hangs
        finally:
            writer.close()


async def test_subprocess():
    process = await asyncio.create_subprocess_exec("sleep", "30")
    try:
        await process.wait()  # hangs
    finally:
        process.kill()
        await process.wait()


async def test_thread():
    def read_slowly():
        time.sleep(1)  # hangs

    await asyncio.to_thread(read_slowly)  # hangs


async def test_other_loop():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    future = asyncio.run_coroutine_threadsafe(asyncio.sleep(30), loop)
    try:
        await asyncio.wrap_future(future)  # hangs
    finally:
        loop.call_soon_threadsafe(loop.call_later, 0.01, loop.stop)
        thread.join()
        loop.close()


async def test_predicate():
    received = [1]
    await wait_until(lambda: len(received) == 3)  # hangs


async def test_sequencer():
    async with Sequencer()(2):  # hangs
        pass


async def test_lock():
    lock = asyncio.Lock()

    async def keep():
        async with lock:  # hangs
            await asyncio.sleep(30)

    keeping = asyncio.create_task(keep(), name="keeper")
    await asyncio.sleep(0)
    async with lock:  # hangs
        keeping.cancel()


async def test_lock_twice():
    lock = asyncio.Lock()
    async with lock:
        await lock.acquire()  # hangs


async def test_circle():
    hen_and_egg = []

    async def come_after(which):
        await asyncio.sleep(0)
        await hen_and_egg[which]  # hangs

    for which, name in enumerate(("hen", "egg")):
        hen_and_egg.append(asyncio.create_task(come_after(1 - which), name=name))
    await hen_and_egg[0]  # hangs


async def test_many():
    await asyncio.gather(*(pending() for _ in range(100)))  # hangs
