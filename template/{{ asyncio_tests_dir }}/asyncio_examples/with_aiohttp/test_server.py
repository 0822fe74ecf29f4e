"""A server is asked by a client of aiohttp's own, over a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip(
    "aiohttp", reason="aiohttp is not installed: see the requirements of the tests"
)

from aiohttp.test_utils import TestClient, TestServer

from .noticeboard import NOTICES, make_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

# The server answers on the loop of its fixture, so the tests have to run on the same.
pytestmark = pytest.mark.asyncio(loop_scope="function")


@pytest_asyncio.fixture(loop_scope="function")
async def board() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Start on a free port of 127.0.0.1, and close connections, session and server."""
    async with TestClient(TestServer(make_app())) as board:
        yield board


async def test_what_is_posted_can_be_read(
    board: TestClient[web.Request, web.Application],
) -> None:
    """A path is all that a request needs: the client knows where its server is."""
    async with board.post("/notices", json={"text": "cat found"}) as response:
        assert response.status == 201
        assert await response.json() == {"notices": 1}
    async with board.get("/notices") as response:
        assert await response.json() == ["cat found"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"text": "cut o'])
async def test_what_is_no_notice_is_refused(
    board: TestClient[web.Request, web.Application], body: str
) -> None:
    """Only a real request has the bodies that a handler called by hand never sees."""
    headers = {"Content-Type": "application/json"}

    async with board.post("/notices", data=body, headers=headers) as response:
        assert response.status == 400
        assert await response.text() == "a notice is an object with a text"

    assert board.app[NOTICES].texts == []


async def test_a_new_server_knows_of_no_other(
    board: TestClient[web.Request, web.Application],
) -> None:
    """One for each test, and the tests pass in any order."""
    board.app[NOTICES].texts.append("cat found")

    async with (
        TestClient(TestServer(make_app())) as other,
        other.get("/notices") as response,
    ):
        assert await response.json() == []


async def test_what_startup_opens_is_closed_by_cleanup() -> None:
    """Handlers called without a server would run without either."""
    app = make_app()

    async with TestServer(app):
        notices = app[NOTICES]
        was_open = notices.is_open

    assert was_open
    assert not notices.is_open
