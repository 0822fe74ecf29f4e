"""The application is started and stopped around each test, as a server does it."""

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

from asgi_lifespan import LifespanManager
from httpx import ASGITransport, AsyncClient

if TYPE_CHECKING:
    from fastapi import FastAPI

# The application is started on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_what_is_opened_at_the_start_is_closed_at_the_end(app: FastAPI) -> None:
    """Or each deployment leaves connections behind."""
    async with LifespanManager(app):
        assert app.state.stock.is_open

    assert not app.state.stock.is_open


async def test_without_its_lifespan_the_application_lacks_what_that_opens(
    app: FastAPI,
) -> None:
    """`ASGITransport` calls for requests only: this is the error to know it by."""
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        with pytest.raises(AttributeError, match="no attribute 'stock'"):
            await client.get("/items")
