"""Code under test may commit: the transaction around the test is rolled back."""

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

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .orders import Customer, Order, place_order, sign_up

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

# The engine keeps its connections for all tests, on the loop that opened them.
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def items(session: AsyncSession) -> list[str]:
    """Ask the database what has been ordered."""
    return list(await session.scalars(select(Order.item).order_by(Order.id)))


@pytest.mark.parametrize("email", ["ada@example.com"] * 2, ids=["once", "again"])
async def test_each_test_may_insert_the_same_row(
    session: AsyncSession, email: str
) -> None:
    """Addresses are unique: whichever runs second would fail if the first left its."""
    session.add(Customer(email=email))

    await session.commit()


async def test_a_commit_is_seen_by_nobody_else(
    session: AsyncSession, engine: AsyncEngine
) -> None:
    """The savepoint is released, and the transaction around it goes on."""
    await place_order(session, "ada@example.com", "compass")

    assert await items(session) == ["compass"]
    async with AsyncSession(engine) as other:
        assert await items(other) == []


async def test_a_rollback_takes_back_what_was_not_committed(
    session: AsyncSession,
) -> None:
    """So a rollback tells whether code under test has committed, or flushed only."""
    await place_order(session, "ada@example.com", "compass")
    session.add(Customer(email="grace@example.com"))
    await session.flush()

    await session.rollback()

    assert await items(session) == ["compass"]
    assert list(await session.scalars(select(Customer.email))) == ["ada@example.com"]


async def test_a_failed_insert_leaves_the_session_usable(session: AsyncSession) -> None:
    """Without `begin_nested` the next statement would raise PendingRollbackError."""
    first = await sign_up(session, "ada@example.com")

    second = await sign_up(session, "ada@example.com")
    await place_order(session, "ada@example.com", "compass")

    assert second is first
    assert await items(session) == ["compass"]
