"""Responses that come in pieces, and WebSockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "fastapi", reason="fastapi is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "httpx", reason="httpx is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "asgi_lifespan",
    reason="asgi-lifespan is not installed: see the requirements of the tests",
)

pytest.importorskip(
    "httpx_ws", reason="httpx-ws is not installed: see the requirements of the tests"
)

from httpx import AsyncClient
from httpx_ws import AsyncWebSocketSession, aconnect_ws
from httpx_ws.transport import ASGIWebSocketTransport

if TYPE_CHECKING:
    from fastapi import FastAPI

# The application is started on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_the_lines_of_a_stream_come_one_by_one(client: AsyncClient) -> None:
    """After the last: the transport keeps them until then, so let a stream end."""
    await client.post("/orders/pen")

    async with client.stream("GET", "/items") as response:
        lines = [line async for line in response.aiter_lines()]

    assert lines == ["pen: 2"]


async def test_a_websocket_tells_what_a_request_has_changed(
    app: FastAPI, client: AsyncClient
) -> None:
    """Both in one loop, so neither needs a thread, a port or a pause."""
    socket: AsyncWebSocketSession
    async with (
        ASGIWebSocketTransport(app) as transport,
        AsyncClient(transport=transport, base_url="http://test") as connecting,
        aconnect_ws("/changes", connecting) as socket,
    ):
        await socket.send_text("next")
        await client.post("/orders/pen")

        assert await socket.receive_text(timeout=5) == "Ada took a pen"
