"""Requests, what they depend on, and what is done after the response."""

from __future__ import annotations

import asyncio
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

from fastapi import HTTPException

from .shop import customer

if TYPE_CHECKING:
    from fastapi import FastAPI
    from httpx import AsyncClient

# The application is started on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_requests_can_be_under_way_at_the_same_time(client: AsyncClient) -> None:
    """What they share shows its races here as it does in a server."""
    responses = await asyncio.gather(*(client.post("/orders/pen") for _ in range(4)))

    assert sorted(each.status_code for each in responses) == [201, 201, 201, 409]


async def test_a_dependency_is_replaced_for_one_test(
    app: FastAPI, client: AsyncClient
) -> None:
    """By what fails, say: no server has to be made to."""

    def nobody() -> str:
        raise HTTPException(401)

    app.dependency_overrides[customer] = nobody

    assert (await client.post("/orders/pen")).status_code == 401


async def test_the_background_task_is_done_when_the_response_is_there(
    app: FastAPI, client: AsyncClient
) -> None:
    """A server sends the response first; the transport awaits all of the call."""
    response = await client.post("/orders/pen")

    assert response.json() == {"left": 2}
    assert app.state.stock.changes.get_nowait() == "Ada took a pen"


async def test_an_error_of_the_application_reaches_the_test(
    app: FastAPI, client: AsyncClient
) -> None:
    """With its own traceback, in place of a response with status 500."""

    def broken() -> str:
        msg = "a bug"
        raise ValueError(msg)

    app.dependency_overrides[customer] = broken

    with pytest.raises(ValueError, match="a bug"):
        await client.post("/orders/pen")
