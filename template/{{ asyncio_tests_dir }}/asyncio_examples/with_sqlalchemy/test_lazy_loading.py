"""A relationship is loaded by an await, or it cannot be read: there is no lazy load."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

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
from sqlalchemy.exc import MissingGreenlet, StatementError
from sqlalchemy.orm import selectinload

from .orders import Customer, place_order

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.base import ExecutableOption

# The engine keeps its connections for all tests, on the loop that opened them.
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _stored(session: AsyncSession) -> None:
    """Store a customer with an order, and forget both, as a new request would."""
    await place_order(session, "ada@example.com", "compass")
    session.expunge_all()


async def find(session: AsyncSession, *options: ExecutableOption) -> Customer:
    """Ask the database for the customer."""
    return (await session.scalars(select(Customer).options(*options))).one()


def items(customer: Customer) -> list[str]:
    """Stand in for code under test that reads a relationship, without any await."""
    return [order.item for order in customer.orders]


# With aiosqlite, SQLAlchemy 2.1 makes this coroutine before it misses the greenlet, and
# raises the error inside a StatementError. The warning comes when garbage is collected.
@pytest.mark.filterwarnings("ignore:coroutine 'Connection.cursor' was never awaited")
async def test_an_unloaded_relationship_cannot_be_read(session: AsyncSession) -> None:
    """The trap: reading it would ask the database, and only an await can do that."""
    customer = await find(session)

    with pytest.raises((MissingGreenlet, StatementError), match="greenlet_spawn"):
        items(customer)
    gc.collect()


async def test_a_query_loads_what_it_is_told_to(session: AsyncSession) -> None:
    """The usual cure: who asks for customers knows what of them will be read."""
    customer = await find(session, selectinload(Customer.orders))

    assert items(customer) == ["compass"]


async def test_a_relationship_can_be_awaited(session: AsyncSession) -> None:
    """`AsyncAttrs` gives models `awaitable_attrs`; it takes a query for each object."""
    customer = await find(session)

    orders = await customer.awaitable_attrs.orders

    assert [order.item for order in orders] == ["compass"]


async def test_a_refresh_loads_what_it_names(session: AsyncSession) -> None:
    """For an object that is there already, and is about to be read without await."""
    customer = await find(session)

    await session.refresh(customer, attribute_names=["orders"])

    assert items(customer) == ["compass"]
