"""Child processes, and the threads in which asyncio waits for them."""

import asyncio
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

QUICK = [sys.executable, "-S", "-c", "print(1)"]
SLOW = [sys.executable, "-S", "-c", "import time; time.sleep(0.3)"]
WATCHERS = ["PidfdChildWatcher", "ThreadedChildWatcher", "SafeChildWatcher"]
WATCHERS = WATCHERS if sys.version_info < (3, 12) else []


async def run(command):
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    await child.communicate()
    return child.returncode


async def test_runs_a_child():
    assert await run(QUICK) == 0


async def test_waits_for_a_child_that_says_nothing():
    child = await asyncio.create_subprocess_exec(*SLOW)

    assert await child.wait() == 0


async def test_kills_a_child():
    child = await asyncio.create_subprocess_exec(*SLOW)
    child.kill()

    assert await child.wait() != 0


@pytest.fixture(params=WATCHERS)
def watcher(request):
    watcher = getattr(asyncio, request.param)()
    before = asyncio.get_child_watcher()
    asyncio.set_child_watcher(watcher)
    yield watcher
    asyncio.set_child_watcher(before)
    watcher.close()


@pytest.mark.skipif(not WATCHERS, reason="since Python 3.12 there is none to choose")
async def test_runs_a_child_under_any_watcher(watcher):  # skipped since 3.12
    watcher.attach_loop(asyncio.get_running_loop())

    assert await run(SLOW) == 0

    watcher.attach_loop(None)


@pytest.fixture(scope="module")
def service():
    with subprocess.Popen(["sleep", "60"]) as child:
        yield child
        child.kill()


async def test_has_a_service(service):
    assert service.poll() is None


def test_has_it_in_a_sync_test(service):
    assert service.poll() is None


def test_runs_a_child_in_a_sync_test():
    subprocess.run(QUICK, check=True, stdout=subprocess.PIPE)


async def test_gives_a_job_to_a_process():
    loop = asyncio.get_running_loop()
    # Started anew: to fork a process that has threads is a fault of its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        await loop.run_in_executor(pool, time.sleep, 0.01)


async def test_real_fault_beside_them():
    subprocess.Popen(["sleep", "60"])  # guilty: child_process
