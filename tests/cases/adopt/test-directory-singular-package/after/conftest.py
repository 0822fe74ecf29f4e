# >>> asyncio tests: kept by copier-asyncio-testing, see test/ASYNC_TESTING.md
from asyncio_testing.asyncio_support.plugin import (  # noqa: F401
    pytest_asyncio_support,
)
# <<< asyncio tests
