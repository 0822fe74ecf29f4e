import asyncio

import pytest


@pytest.fixture(scope="session")
def event_loop():
    """Unused since pytest-asyncio 1.0, which has no such fixture any more."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class Policy(asyncio.DefaultEventLoopPolicy):
    pass


@pytest.fixture(scope="session")
def event_loop_policy():
    return Policy()


# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
