"""A real server on the loopback interface shows what a mocked network hides."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# copier: endfilter
# The server answers on the loop of its fixture, so the tests have to run on the same.
pytestmark = pytest.mark.asyncio(loop_scope="function")


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stand in for the code under test: answer one line in capitals, then hang up."""
    with closing(writer):
        line = await reader.readline()
        writer.write(line.upper())
        await writer.drain()


@pytest_asyncio.fixture(loop_scope="function")
async def port() -> AsyncIterator[int]:
    """Port 0 asks the system for a free one, so that parallel runs do not collide."""
    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def ask(port: int, question: bytes) -> bytes:
    """Send a line, and read until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(question)
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_client_gets_its_answer(port: int) -> None:
    """The limit turns an answer that never comes into a failure."""
    assert await run_with_timeout(ask(port, b"hello\n")) == b"HELLO\n"


async def test_clients_are_served_side_by_side(port: int) -> None:
    """A client that says nothing yet must not keep another one waiting."""
    _, silent = await asyncio.open_connection("127.0.0.1", port)
    try:
        assert await run_with_timeout(ask(port, b"hello\n")) == b"HELLO\n"
    finally:
        silent.close()
        await silent.wait_closed()
