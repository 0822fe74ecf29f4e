# check: blocking_call
# guilty: test_hears_the_echo
# text: recv
"""A blocking socket stops the loop until something arrives."""

import socket
import threading

import pytest


@pytest.fixture
def mountain():
    near, far = socket.socketpair()
    echo = threading.Timer(0.2, far.sendall, [b"echo"])
    echo.start()
    yield near
    echo.join()
    near.close()
    far.close()


async def listen(mountain):
    return mountain.recv(4)  # guilty


async def test_hears_the_echo(mountain):
    assert await listen(mountain) == b"echo"


async def test_does_not_listen(mountain):
    assert mountain.fileno() > 0
