"""Everything that a loop does, on loops that the project has chosen."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading

import pytest


async def echo(reader, writer):
    while line := await reader.readline():
        answering = asyncio.create_task(writer.drain())
        writer.write(line)
        await answering
    writer.close()


@pytest.fixture
async def server():
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        yield server


async def test_serves(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\n")

    assert await reader.readline() == b"line\n"

    writer.close()
    await writer.wait_closed()


async def test_looks_up_a_name():
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)


async def test_uses_threads():
    assert await asyncio.to_thread(int, "1") == 1


async def test_runs_a_child():
    child = await asyncio.create_subprocess_exec("true", stdout=subprocess.PIPE)
    await child.communicate()

    assert child.returncode == 0


async def test_waits_for_a_thread():
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    threading.Timer(0.4, lambda: loop.call_soon_threadsafe(heard.set)).start()
    await heard.wait()


async def test_uses_sockets():
    loop = asyncio.get_running_loop()
    first, second = socket.socketpair()
    with first, second:
        first.setblocking(False)
        second.setblocking(False)
        await loop.sock_sendall(first, b"1")
        assert await loop.sock_recv(second, 1) == b"1"


async def test_handles_a_signal():
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, heard.set)
    signal.raise_signal(signal.SIGUSR1)
    await heard.wait()
    loop.remove_signal_handler(signal.SIGUSR1)


async def test_sets_a_timer():
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    loop.call_later(0.01, heard.set)
    loop.call_later(60, heard.set).cancel()
    await heard.wait()


async def test_runs_into_a_limit():
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)


async def test_closes_a_generator():
    async def count():
        yield 1
        yield 2

    async with contextlib.aclosing(count()) as counting:
        assert await anext(counting) == 1


async def test_gathers():
    locks = asyncio.Lock()

    async def hold(number):
        async with locks:
            await asyncio.sleep(0)
        return number

    assert await asyncio.gather(*map(hold, range(3))) == [0, 1, 2]


async def test_leaves_a_task_that_ends_at_once():
    asyncio.create_task(asyncio.sleep(0))


async def test_opens_a_datagram_endpoint():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    transport.close()


async def test_real_fault():
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task


async def test_real_server_left():
    await asyncio.start_server(echo, "127.0.0.1", 0)  # guilty: open_server


async def test_real_thread():
    threading.Thread(
        target=threading.Event().wait, daemon=True
    ).start()  # guilty: running_thread
