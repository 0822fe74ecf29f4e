"""The same tests run on asyncio's loop and on uvloop's, each with its own fixtures."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, cast

import pytest
import pytest_asyncio

pytest.importorskip(
    "winloop" if sys.platform == "win32" else "uvloop",
    reason="uvloop or winloop is not installed: see the requirements of the tests",
)

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# copier: endfilter
# The server answers on the loop of its fixture, so the tests have to run on the same.
pytestmark = pytest.mark.asyncio(loop_scope="function")


class Shouter(asyncio.Protocol):
    """Stand in for the code under test: answer in capitals, then hang up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back; each connection has a protocol of its own."""
        self.transport = cast("asyncio.Transport", transport)
        self.heard = b""

    def data_received(self, data: bytes) -> None:
        """Collect: how many pieces the data comes in is up to the loop."""
        self.heard += data

    def eof_received(self) -> None:
        """Answer when all is there; returning nothing closes the connection."""
        self.transport.write(self.heard.upper())


@pytest_asyncio.fixture(loop_scope="function")
async def server() -> AsyncIterator[asyncio.Server]:
    """Made anew on whichever loop the test runs on: it names the same loop_scope."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Shouter, "127.0.0.1", 0) as server:
        yield server


async def test_the_brackets_name_the_loop(request: pytest.FixtureRequest) -> None:
    """So the report says where a test failed, and `-k "[uvloop]"` runs those alone."""
    make = type(asyncio.get_running_loop()).__module__.partition(".")[0]

    on_uvloop = request.node.name.endswith("[uvloop]")

    assert make in ({"uvloop", "winloop"} if on_uvloop else {"asyncio"})


async def test_a_fixture_lives_on_the_loop_of_its_test(server: asyncio.Server) -> None:
    """Nothing in a fixture has to know that there are two kinds of loops."""
    assert server.get_loop() is asyncio.get_running_loop()


async def test_long_data_is_answered_whole(server: asyncio.Server) -> None:
    """What one loop delivers in one piece may come in several on the other."""
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"hello" * 100_000)
        writer.write_eof()
        answer = await run_with_timeout(reader.read())
    finally:
        writer.close()
        await writer.wait_closed()

    assert answer == b"HELLO" * 100_000
