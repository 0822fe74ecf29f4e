# >>> asyncio tests: kept by copier-asyncio-testing, see src/moss/tests/ASYNC_TESTING.md
from moss.tests.asyncio_testing.asyncio_support.plugin import (  # noqa: F401
    pytest_asyncio_support,
)
# <<< asyncio tests
