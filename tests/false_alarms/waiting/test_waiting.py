"""Waiting for time to pass, and for what takes its time."""

import asyncio
import contextlib
import functools
import socket
import subprocess
import sys
import threading
import time
import types

import pytest
import pytest_asyncio

LONG = 0.4
SLEEP = f"import time; time.sleep({LONG})"


async def nap(seconds):
    await asyncio.sleep(seconds)  # guilty: long_sleep in test_sleeps


async def test_sleeps():
    await nap(LONG)


async def test_sleeps_again_and_again():
    for _ in range(5):
        await asyncio.sleep(LONG / 5)  # guilty: long_sleep


async def test_lets_a_time_limit_pass():
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), LONG)  # guilty: long_sleep


async def test_waits_in_vain():
    waiting = asyncio.create_task(asyncio.Event().wait())
    await asyncio.wait([waiting], timeout=LONG)  # guilty: long_sleep
    waiting.cancel()


async def test_sets_an_alarm():
    alarm = asyncio.Event()

    def ring():  # guilty: long_sleep
        alarm.set()

    asyncio.get_running_loop().call_later(LONG, ring)
    await alarm.wait()


async def test_has_an_event_set_in_time():
    alarm = asyncio.Event()
    asyncio.get_running_loop().call_later(LONG, alarm.set)
    await alarm.wait()  # guilty: long_sleep


async def test_makes_tasks_of_sleeps():
    sleeps = [asyncio.sleep(LONG), asyncio.sleep(LONG / 2)]
    await asyncio.gather(*sleeps)  # guilty: long_sleep


@pytest_asyncio.fixture
async def slow():
    await asyncio.sleep(LONG / 2)
    yield
    await asyncio.sleep(LONG / 2 + 0.1)  # guilty: long_sleep in test_takes_a_fixture


async def test_takes_a_fixture(slow):
    await asyncio.sleep(0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pulse():
    async def beat():
        while True:
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(beat())
    yield
    beating.cancel()


async def test_sleeps_for_less():
    await asyncio.sleep(LONG / 2)


@pytest.mark.asyncio_allow("long_sleep", reason="the test of a marker")
async def test_is_allowed_to():
    await asyncio.sleep(LONG)


@pytest.mark.asyncio_allow("stalled_loop", reason="the test is of sync code")
@pytest.mark.asyncio(loop_scope="module")
async def test_computes_beside_a_sleeper(pulse):
    end = time.perf_counter() + LONG
    while time.perf_counter() < end:
        pass


@pytest.mark.asyncio(loop_scope="module")
async def test_computes_and_lets_others_go_on(pulse):
    end = time.perf_counter() + LONG
    while time.perf_counter() < end:
        sum(range(10000))
        await asyncio.sleep(0)


async def test_waits_for_a_job():
    job = asyncio.to_thread(time.sleep, LONG)
    await asyncio.wait_for(job, 10)


async def test_looks_after_a_thread():
    thread = threading.Thread(target=time.sleep, args=[LONG])
    thread.start()
    while thread.is_alive():
        await asyncio.sleep(0.02)
    thread.join()


@pytest.mark.asyncio_allow("blocking_call", reason="it returns at once")
async def test_looks_after_a_process():
    process = subprocess.Popen([sys.executable, "-S", "-c", SLEEP])
    while process.poll() is None:
        await asyncio.sleep(0.02)


async def test_waits_for_a_process():
    arguments = [sys.executable, "-S", "-c", SLEEP]
    process = await asyncio.create_subprocess_exec(*arguments)
    await asyncio.wait_for(process.wait(), 10)


async def test_waits_for_an_answer():
    async def answer(reader, writer):
        await asyncio.sleep(LONG)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        await writer.wait_closed()


async def test_tries_until_there_is_a_server():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = unused.getsockname()
    for _ in range(4):
        with contextlib.suppress(OSError):
            await asyncio.open_connection(*address)
        await asyncio.sleep(LONG / 4)


async def test_asks_a_thread_now_and_then():
    for _ in range(4):
        await asyncio.to_thread(int, "1")
        await asyncio.sleep(LONG / 4)


async def test_has_a_clock_of_its_own(monkeypatch):
    loop = asyncio.get_running_loop()
    quick = functools.partial(lambda: 10 * time.monotonic())
    monkeypatch.setattr(loop, "time", quick)
    await asyncio.sleep(10 * LONG)


async def test_is_looked_at_in_a_debugger(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydevd", types.ModuleType("pydevd"))
    await asyncio.sleep(LONG)
