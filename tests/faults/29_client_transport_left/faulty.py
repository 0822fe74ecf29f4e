# check: open_transport
# guilty: test_is_greeted
# text: 127.0.0.1
"""A client's connection is still open when the test has ended."""

import asyncio

import pytest


async def greet(reader, writer):
    writer.write(b"hello\n")
    await writer.drain()
    writer.close()


@pytest.fixture
async def port():
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_is_greeted(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)  # guilty

    assert await reader.readline() == b"hello\n"
    assert not writer.is_closing()


async def test_stays_outside(port):
    assert port > 0
