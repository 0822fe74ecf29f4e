"""The socket is closed where it was opened."""

import socket


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_finds_a_free_port():
    assert free_port() > 0
