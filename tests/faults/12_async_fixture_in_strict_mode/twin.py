# mode: strict
"""The async fixture is declared with pytest_asyncio.fixture."""

import pytest
import pytest_asyncio


@pytest_asyncio.fixture
async def connection():
    return "connected"


@pytest.mark.asyncio
async def test_asks_the_connection(connection):
    assert connection == "connected"
