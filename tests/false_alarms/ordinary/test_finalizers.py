"""Libraries whose `__del__` schedules an `aclose()`, called whenever gc comes."""

import asyncio
import gc

import pytest


class Client:
    """As of an HTTP library: in a reference cycle, and tidy when it is dropped."""

    closed = []

    def __init__(self, name):
        self.name = name
        self.itself = self
        self.loop = asyncio.get_running_loop()

    async def aclose(self):
        await asyncio.sleep(0)
        self.closed.append(self.name)

    def __del__(self):
        if not self.loop.is_closed():
            self.loop.create_task(self.aclose())


class Hasty(Client):
    def __del__(self):
        asyncio.run_coroutine_threadsafe(self.aclose(), self.loop)


@pytest.fixture(params=[Client, Hasty])
def client_class(request):
    return request.param


async def test_drops_a_client(client_class):
    client_class("dropped at the end")


async def test_comes_after_that_one():
    gc.collect()
    await asyncio.sleep(0)


async def test_drops_a_client_early(client_class):
    client_class("dropped early")

    gc.collect()
    for _ in range(3):
        await asyncio.sleep(0)


async def test_drops_a_client_and_ends(client_class):
    client_class("dropped and collected")
    gc.collect()


def test_sync_ones_collect_too():
    gc.collect()


class Lazy:
    """Keeps its connection for ever: its `aclose()` waits for what never comes."""

    def __init__(self):
        self.itself = self
        self.loop = asyncio.get_running_loop()

    async def aclose(self):
        await asyncio.Event().wait()

    def __del__(self):
        if not self.loop.is_closed():
            closing = self.aclose()  # guilty: pending_task in test_real_fault
            self.loop.create_task(closing)


async def test_real_fault():
    Lazy()


async def test_comes_after_the_real_fault():
    gc.collect()
    await asyncio.sleep(0)
