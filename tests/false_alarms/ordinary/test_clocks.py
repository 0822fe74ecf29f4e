"""Clocks that tests stop, as freezegun does, or turn forward."""

import asyncio
import threading
import time

import pytest


def stop_the_clock(patch):
    for name in ("time", "monotonic", "perf_counter", "time_ns", "monotonic_ns"):
        patch.setattr(time, name, lambda now=getattr(time, name)(): now)


@pytest.fixture
def stopped(monkeypatch):
    stop_the_clock(monkeypatch)


@pytest.fixture
def racing(monkeypatch):
    """A clock that goes a minute further with every look."""
    now = time.monotonic()

    def turn():
        nonlocal now
        now += 60
        return now

    for name in ("time", "monotonic"):
        monkeypatch.setattr(time, name, turn)


@pytest.fixture(scope="class")
def stopped_for_long():
    with pytest.MonkeyPatch.context() as patch:
        stop_the_clock(patch)
        patch.setattr(time, "sleep", lambda seconds: None)
        yield


async def test_stops_the_clock(stopped):
    before = time.time()
    await asyncio.sleep(0)

    assert time.time() == before


async def test_turns_the_clock(racing):
    await asyncio.sleep(100)


def test_stops_the_clock_of_a_sync_test(stopped):
    assert time.time() == time.time()


class TestWhileTheClockStandsStill:
    async def test_runs(self, stopped_for_long):
        await asyncio.sleep(0)

    async def test_leaves_a_thread_that_is_about_to_end(self, stopped_for_long):
        stop = threading.Event()
        threading.Thread(target=stop.wait).start()
        stop.set()

    async def test_real_fault_in_no_time(self, stopped_for_long):
        stop = threading.Event()
        threading.Thread(
            target=stop.wait, daemon=True
        ).start()  # guilty: running_thread

    async def test_real_fault_that_swallows_its_end(self, stopped_for_long):
        asyncio.create_task(swallow())  # guilty: pending_task
        await asyncio.sleep(0)


NEVER = asyncio.Queue()


async def swallow():
    for _ in range(3):
        try:
            await NEVER.get()
        except asyncio.CancelledError:
            pass
