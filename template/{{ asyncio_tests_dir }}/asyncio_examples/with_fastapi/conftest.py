"""An application that has started, and a client that calls it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

# Without the libraries the test modules skip themselves. A conftest.py cannot: where
# its directory is what pytest is given, a skip in it ends the run with a traceback.
if TYPE_CHECKING or all(map(find_spec, ("fastapi", "httpx", "asgi_lifespan"))):
    from asgi_lifespan import LifespanManager
    from httpx import ASGITransport, AsyncClient

    from .shop import create_app, customer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI


@pytest.fixture
def app() -> FastAPI:
    """Replace what would call another service; a new one leaves no replacement."""
    app = create_app()
    app.dependency_overrides[customer] = lambda: "Ada"
    return app


@pytest_asyncio.fixture(loop_scope="function")
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Run the start-up before the test, and the shut-down after it."""
    transport = ASGITransport(app)
    async with (
        LifespanManager(app),
        AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client
