"""A client that asks again meets a real server that fails as often as it is told to."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip(
    "aiohttp", reason="aiohttp is not installed: see the requirements of the tests"
)

from aiohttp import ClientError, ClientResponseError, ClientSession, web
from aiohttp.test_utils import RawTestServer

# copier: filter replace("tests.utils", asyncio_helpers_package)
if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.utils.asyncio_helpers import VirtualClock

# copier: endfilter
# Server and client share the loop of the test, and so a clock on which pauses take no
# time. Only asyncio's own event loops can be told the time: not uvloop's.
pytestmark = [
    pytest.mark.asyncio(loop_scope="function"),
    pytest.mark.virtual_clock(otherwise="skip"),
]

GOOD, BROKEN, REFUSED, HUNG_UP = "21.5", "21.5 or so", "503", "hung up"


async def measure(session: ClientSession) -> float:
    """Stand in for the code under test: when it fails, pause and try once more."""
    with suppress(ClientError, ValueError):
        return await ask(session)
    await asyncio.sleep(1)
    return await ask(session)


async def ask(session: ClientSession) -> float:
    """Ask for a number, and take a status such as 503 for an error."""
    async with session.get("/celsius", raise_for_status=True) as response:
        return float(await response.json())


@pytest_asyncio.fixture(loop_scope="function")
async def session(request: pytest.FixtureRequest) -> AsyncIterator[ClientSession]:
    """Serve the answers of a test in turn, and close all: an open session warns."""
    script = iter(request.param)

    async def answer(asked: web.BaseRequest) -> web.Response:
        if (body := next(script)) == HUNG_UP:
            assert asked.transport
            asked.transport.abort()
        return web.json_response(text=body, status=503 if body == REFUSED else 200)

    async with (
        RawTestServer(answer) as server,
        ClientSession(server.make_url("/")) as session,
    ):
        yield session


# A session that is hung up on repeats a GET by itself, at once: hence twice.
@pytest.mark.parametrize(
    "session",
    [(BROKEN, GOOD), (REFUSED, GOOD), (HUNG_UP, HUNG_UP, GOOD)],
    indirect=True,
)
async def test_after_a_failure_it_pauses_and_asks_again(
    session: ClientSession, virtual_clock: VirtualClock
) -> None:
    """The server makes aiohttp fail in its own ways, which a mock can only guess."""
    with virtual_clock.assert_takes(1):
        assert await measure(session) == 21.5


@pytest.mark.parametrize("session", [(BROKEN, REFUSED)], indirect=True)
async def test_the_last_failure_is_raised(
    session: ClientSession, virtual_clock: VirtualClock
) -> None:
    """Whoever called is told what went wrong, without a last pause."""
    with virtual_clock.assert_takes(1), pytest.raises(ClientResponseError, match="503"):
        await measure(session)
