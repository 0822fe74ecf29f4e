# check: open_socket
# guilty: test_finds_a_free_port
# text: socket
"""A socket is still open when the test has ended."""

import socket


def free_port():
    probe = socket.socket()  # guilty
    probe.bind(("127.0.0.1", 0))
    return probe.getsockname()[1]


async def test_finds_a_free_port():
    assert free_port() > 0


async def test_has_nothing_to_do_with_it():
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
