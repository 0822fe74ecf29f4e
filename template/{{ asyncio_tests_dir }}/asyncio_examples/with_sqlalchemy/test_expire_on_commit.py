"""After a commit, objects keep the values that they have, or have to be refreshed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "sqlalchemy",
    reason="sqlalchemy is not installed: see the requirements of the tests",
)
pytest.importorskip(
    "greenlet",
    reason="sqlalchemy[asyncio] is not installed: see the requirements of the tests",
)
pytest.importorskip(
    "aiosqlite", reason="aiosqlite is not installed: see the requirements of the tests"
)

from sqlalchemy import inspect, update
from sqlalchemy.ext.asyncio import AsyncSession

from .orders import Order, place_order

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

# The engine keeps its connections for all tests, on the loop that opened them.
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_objects_can_be_read_after_a_commit(session: AsyncSession) -> None:
    """`expire_on_commit=False` keeps them loaded, even when the session is closed."""
    order = await place_order(session, "ada@example.com", "compass")
    await session.close()

    assert order.item == "compass"


async def test_by_default_a_commit_expires_them(connection: AsyncConnection) -> None:
    """The trap: to read one of these without an await would raise MissingGreenlet."""
    async with AsyncSession(
        connection, join_transaction_mode="create_savepoint"
    ) as session:
        order = await place_order(session, "ada@example.com", "compass")

        assert inspect(order).expired_attributes >= {"id", "item"}
        assert await order.awaitable_attrs.item == "compass"


async def test_a_refresh_shows_what_others_wrote_since(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    """The price: an object that is not expired keeps its values until told."""
    order = await place_order(session, "ada@example.com", "compass")
    await connection.execute(update(Order).values(item="sextant"))

    assert order.item == "compass"
    await session.refresh(order)
    assert order.item == "sextant"
