"""A WebSocket is tested from the other end: by what it sends, and how it closes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip(
    "aiohttp", reason="aiohttp is not installed: see the requirements of the tests"
)

from aiohttp import WSCloseCode, WSMsgType
from aiohttp.test_utils import TestClient, TestServer

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import wait_until

from .noticeboard import FEEDS, make_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

# copier: endfilter
# The server answers on the loop of its fixture, so the tests have to run on the same.
pytestmark = pytest.mark.asyncio(loop_scope="function")


@pytest_asyncio.fixture(loop_scope="function")
async def board() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Close what tests leave open, WebSockets too, before the server waits for it."""
    async with TestClient(TestServer(make_app())) as board:
        yield board


async def test_a_listener_is_told_of_a_new_notice(
    board: TestClient[web.Request, web.Application],
) -> None:
    """The first message shows that the server listens, so that none can be missed."""
    async with board.ws_connect("/feed") as feed:
        assert await feed.receive_str(timeout=5) == "listening"

        async with board.post("/notices", json={"text": "cat found"}):
            assert await feed.receive_str(timeout=5) == "cat found"


async def test_a_listener_that_left_is_forgotten(
    board: TestClient[web.Request, web.Application],
) -> None:
    """The server sees to that in its own time, for which the test has to wait."""
    async with board.ws_connect("/feed") as feed:
        await feed.receive_str(timeout=5)

    await wait_until(lambda: not board.app[FEEDS])


async def test_a_server_that_closes_says_so(
    board: TestClient[web.Request, web.Application],
) -> None:
    """A listener has to know whether to come back: the code tells it."""
    async with board.ws_connect("/feed") as feed:
        await feed.receive_str(timeout=5)

        goodbye, _ = await asyncio.gather(feed.receive(timeout=5), board.server.close())

    assert (goodbye.type, goodbye.data, goodbye.extra) == (
        WSMsgType.CLOSE,
        WSCloseCode.GOING_AWAY,
        "closing time",
    )
