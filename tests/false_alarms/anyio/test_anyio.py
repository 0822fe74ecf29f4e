"""Tests and fixtures that anyio's plugin runs, on a loop of its own."""

import asyncio
import contextlib
import socket
import subprocess
import threading

import anyio
import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
async def quick():
    yield await anyio.sleep(
        0,
    )


@pytest.fixture(scope="module")
async def lasting():
    """Begun after a fixture of a test's, on whose behalf anyio's runner was started."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
    stop.set()
    thread.join()


async def test_uses_a_fixture(quick):
    await anyio.sleep(0)


async def test_uses_a_lasting_one(lasting):
    await anyio.sleep(0)


async def test_uses_it_again(lasting, quick):
    assert lasting.fileno() > 0


async def test_groups():
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0.01)
        group.start_soon(anyio.sleep, 60)
        await anyio.sleep(0.02)
        group.cancel_scope.cancel()


async def test_uses_threads():
    assert await anyio.to_thread.run_sync(int, "1") == 1


async def test_runs_a_process():
    assert (await anyio.run_process(["true"])).returncode == 0


async def test_serves():
    async def echo(stream):
        async with stream:
            await stream.send(await stream.receive())

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, echo)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send(b"1")
            assert await client.receive() == b"1"
        group.cancel_scope.cancel()


async def test_limits_the_time():
    with anyio.move_on_after(0.01):
        await anyio.sleep_forever()


async def test_waits_for_long():
    await anyio.sleep(0.5)
