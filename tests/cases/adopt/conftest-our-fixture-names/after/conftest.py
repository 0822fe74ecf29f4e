import asyncio

import pytest


@pytest.fixture
def standard_event_loop():
    loop = asyncio.new_event_loop()
    loop.name = "ours since 2019"
    yield loop
    loop.close()


# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
