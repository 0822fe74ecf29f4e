# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: F401
    pytest_asyncio_support,
)
# <<< asyncio tests
