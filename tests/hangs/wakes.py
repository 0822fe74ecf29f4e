"""Loops that have nothing to do, and that something will wake."""

import asyncio
import concurrent.futures
import os
import signal
import socket
import threading
import time

import pytest

from tests.utils.asyncio_helpers import wait_until

SECONDS = 0.4  # longer than the looks at a loop that nothing can wake


@pytest.fixture
def forked():
    """Return a function that does something in another process, a while later."""
    children = []

    def forked(action):
        children.append(os.fork())
        if not children[-1]:
            try:
                time.sleep(SECONDS)
                action()
            finally:
                os._exit(0)

    yield forked
    for child in children:
        os.waitpid(child, 0)


def future():
    return asyncio.get_running_loop().create_future()


async def test_a_timer_does():
    done = future()
    asyncio.get_running_loop().call_later(SECONDS, done.set_result, None)
    await done


async def test_a_file_does(forked):
    near, far = socket.socketpair()
    with near, far:
        done = future()
        asyncio.get_running_loop().add_reader(near, done.set_result, None)
        forked(lambda: far.send(b"x"))
        await done
        asyncio.get_running_loop().remove_reader(near)


async def test_a_thread_of_a_pool_does():
    await asyncio.to_thread(threading.Event().wait, SECONDS)


async def test_a_process_of_a_pool_does():
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, time.sleep, SECONDS)


async def test_a_thread_does():
    done, loop = future(), asyncio.get_running_loop()

    def work():
        time.sleep(SECONDS)
        loop.call_soon_threadsafe(done.set_result, None)

    thread = threading.Thread(target=work)
    thread.start()
    await done
    thread.join()


async def test_a_signal_of_the_loop_does(forked):
    done, loop, this = future(), asyncio.get_running_loop(), os.getpid()
    loop.add_signal_handler(signal.SIGUSR1, done.set_result, None)
    forked(lambda: os.kill(this, signal.SIGUSR1))
    await done
    loop.remove_signal_handler(signal.SIGUSR1)


async def test_a_signal_does(forked):
    done, loop, this = future(), asyncio.get_running_loop(), os.getpid()

    def handle(*_):
        loop.call_soon_threadsafe(done.set_result, None)

    before = signal.signal(signal.SIGTERM, handle)
    forked(lambda: os.kill(this, signal.SIGTERM))
    await done
    signal.signal(signal.SIGTERM, before)


async def test_a_look_at_a_file_does(forked, tmp_path):
    file = tmp_path / "made.txt"
    forked(file.touch)
    await wait_until(file.exists, timeout=None)


async def test_the_end_of_a_child_does():
    child = await asyncio.create_subprocess_exec("sleep", str(SECONDS))
    assert await child.wait() == 0
