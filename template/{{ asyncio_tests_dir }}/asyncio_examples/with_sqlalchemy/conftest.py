"""One engine for all tests, and for each a transaction that is rolled back."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest_asyncio

# Without SQLAlchemy the test modules skip themselves. A conftest.py cannot: where its
# directory is what pytest is given, a skip in it ends the run with a traceback.
if TYPE_CHECKING or (find_spec("sqlalchemy") and find_spec("greenlet")):
    from sqlalchemy import URL, event
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
    from sqlalchemy.schema import CreateSchema, DropSchema

    from .orders import Base

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


def begin(connection: Connection) -> None:
    """Begin a transaction where SQLAlchemy does."""
    connection.exec_driver_sql("BEGIN")


def on_sqlite(directory: Path) -> AsyncEngine:
    """Use a file, since in memory all connections would have to be the same one."""
    url = URL.create("sqlite+aiosqlite", database=str(directory / "orders.db"))
    # By itself sqlite3 begins no transaction before an INSERT: until then a savepoint
    # is the outermost, and to release it is to commit. So SQLAlchemy does it instead.
    engine = create_async_engine(url, connect_args={"isolation_level": None})
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def on_postgresql(url: str, schema: str) -> AsyncEngine:
    """Use a schema of its own, so that parallel workers and runs do not meet."""
    settings = {"search_path": schema}
    return create_async_engine(url, connect_args={"server_settings": settings})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[AsyncEngine]:
    """Create the tables once, and close all connections on the loop that made them."""
    url = os.environ.get("TEST_DATABASE_URL")
    schema = f"test_{uuid4().hex}"
    directory = tmp_path_factory.mktemp("database")
    engine = on_postgresql(url, schema) if url else on_sqlite(directory)
    try:
        async with engine.begin() as connection:
            if url:
                await connection.execute(CreateSchema(schema))
            await connection.run_sync(Base.metadata.create_all)
        yield engine
        if url:
            async with engine.begin() as connection:
                await connection.execute(DropSchema(schema, cascade=True))
    finally:
        await engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin the transaction that all of a test is part of, and roll it back."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest_asyncio.fixture(loop_scope="session")
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """Give code under test a session whose commits only release a savepoint."""
    async with AsyncSession(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as session:
        yield session
