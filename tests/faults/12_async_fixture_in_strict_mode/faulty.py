# check: -
# guilty: test_asks_the_connection
# text: pytest_asyncio.fixture
# mode: strict
"""In strict mode nobody runs an async fixture that is declared with pytest.fixture."""

import pytest
import pytest_asyncio


@pytest.fixture
async def connection():  # guilty
    return "connected"


@pytest_asyncio.fixture
async def right_connection():
    return "connected"


@pytest.mark.asyncio
async def test_asks_the_connection(connection):
    assert connection is not None


@pytest.mark.asyncio
async def test_asks_the_right_connection(right_connection):
    assert right_connection == "connected"
