"""A shared fixture is made once for each loop, and ends before the next one begins."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

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
# The server is kept for all tests of the module, and so is the loop that it serves on.
# pytest runs those on one loop first, and then those on the other.
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stand in for the code under test: say hello, and hang up."""
    writer.write(b"hello")
    writer.close()


async def ask(server: asyncio.Server) -> bytes:
    """Read what the server says until it hangs up."""
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        return await run_with_timeout(reader.read())
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.fixture(scope="module")
def started() -> list[asyncio.Server]:
    """Record the servers; it needs no loop, so it is made once for both."""
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(started: list[asyncio.Server]) -> AsyncIterator[asyncio.Server]:
    """Kept for the tests of this module on one loop."""
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        started.append(server)
        yield server


async def test_a_module_fixture_serves_the_tests_on_its_loop(
    server: asyncio.Server,
) -> None:
    """On uvloop it is another server: one of asyncio's loop would never answer."""
    assert await ask(server) == b"hello"


async def test_the_server_on_the_other_loop_has_ended(
    server: asyncio.Server, started: list[asyncio.Server]
) -> None:
    """So they never compete for a port or a file, whichever loop comes first."""
    assert [each for each in started if each.is_serving()] == [server]
