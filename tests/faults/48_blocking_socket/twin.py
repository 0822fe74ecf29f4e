"""The socket does not block, and the loop waits for it."""

import asyncio
import socket
import threading

import pytest


@pytest.fixture
def mountain():
    near, far = socket.socketpair()
    near.setblocking(False)
    echo = threading.Timer(0.02, far.sendall, [b"echo"])
    echo.start()
    yield near
    echo.join()
    near.close()
    far.close()


async def test_hears_the_echo(mountain):
    loop = asyncio.get_running_loop()

    assert await loop.sock_recv(mountain, 4) == b"echo"


def test_hears_the_echo_where_no_loop_runs(mountain):
    mountain.setblocking(True)

    assert mountain.recv(4) == b"echo"
