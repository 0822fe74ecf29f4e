"""Virtual time on a loop that tests share, and what is left of it."""

import asyncio
import socket

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEATS = []
SENDS = ("send", "sendall", "sendmsg", "sendto")


def patched():
    sends = [getattr(socket.socket, name) for name in SENDS]
    return [asyncio.wrap_future, asyncio.futures.wrap_future, *sends]


BEFORE = patched()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def heart():
    async def beat():
        while True:
            await asyncio.sleep(10)
            BEATS.append(asyncio.get_running_loop().time())

    beating = asyncio.create_task(beat())
    yield beating
    beating.cancel()


@pytest_asyncio.fixture(loop_scope="module")
async def slow_resource(virtual_clock):
    with virtual_clock.assert_takes(100):
        await asyncio.sleep(100)
    yield virtual_clock.now
    with virtual_clock.assert_takes(200):
        await asyncio.sleep(200)


async def test_time_flies(heart, virtual_clock):
    await virtual_clock.advance(35)
    assert len(BEATS) == 3


async def test_real_time_goes_on_where_virtual_time_ended(heart):
    loop = asyncio.get_running_loop()
    [timer] = loop._scheduled
    assert 4 < timer.when() - loop.time() <= 5
    await asyncio.sleep(0.01)
    assert len(BEATS) == 3


async def test_nothing_is_left_on_the_loop_or_elsewhere():
    loop = asyncio.get_running_loop()
    assert not {"time", "call_at"} & set(vars(loop))
    assert not {"select", "asyncio_turns"} & set(vars(loop._selector))
    assert patched() == BEFORE


async def test_time_flies_again(heart, virtual_clock):
    assert virtual_clock.now == 0
    await virtual_clock.advance(6)
    assert len(BEATS) == 4


async def test_a_fixture_takes_virtual_time(slow_resource, virtual_clock):
    assert slow_resource == virtual_clock.now == 100


@pytest.mark.parametrize("seconds", [1, 2])
class TestInAClass:
    async def test_each_begins_at_zero(self, virtual_clock, seconds):
        await asyncio.sleep(seconds)
        assert virtual_clock.now == seconds


@pytest.mark.virtual_clock(otherwise="skip")
async def test_of_virtual_time_only():
    await asyncio.sleep(3600)
