"""A machine that gives its time to others, or stands still for a while."""

import asyncio
import concurrent.futures
import os
import signal
import subprocess
import sys
import time

import pytest
import pytest_asyncio

SPIN = "while True: pass"
STOP = """
import os, signal, time
os.kill({pid}, signal.SIGSTOP)
time.sleep(1.2)
os.kill({pid}, signal.SIGCONT)
"""


@pytest.fixture(scope="module")
def neighbours():
    commands = [[sys.executable, "-S", "-c", SPIN]] * (2 * (os.cpu_count() or 1))
    children = [subprocess.Popen(each) for each in commands]
    yield
    for child in children:
        child.kill()
        child.wait()


@pytest.fixture
def stopped():
    """Stop this process in a moment, for longer than the time limit."""
    code = STOP.format(pid=os.getpid())
    child = subprocess.Popen([sys.executable, "-S", "-c", code])
    yield
    child.wait()


@pytest.mark.asyncio_test_timeout(1)
async def test_is_stopped_while_it_waits(stopped):
    await asyncio.sleep(0.6)


@pytest.mark.asyncio_test_timeout(1)
async def test_is_stopped_while_it_works(stopped):
    end = time.perf_counter() + 0.6
    while time.perf_counter() < end:
        await asyncio.sleep(0)


async def test_has_busy_neighbours(neighbours):
    end = time.perf_counter() + 0.8
    while time.perf_counter() < end:
        sum(range(1000))
        await asyncio.sleep(0)


async def test_waits_beside_busy_neighbours(neighbours):
    for _ in range(20):
        await asyncio.sleep(0.02)


async def test_has_busy_threads(neighbours):
    def spin():
        end = time.perf_counter() + 0.7
        while time.perf_counter() < end:
            pass

    loop = asyncio.get_running_loop()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        spinning = [loop.run_in_executor(pool, spin) for _ in range(4)]
        for _ in range(10):
            await asyncio.sleep(0.01)
        await asyncio.gather(*spinning)
