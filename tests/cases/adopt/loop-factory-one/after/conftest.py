import asyncio


class CountingLoop(asyncio.SelectorEventLoop):
    pass


def pytest_asyncio_loop_factories(config, item):
    return {"counting": CountingLoop}


# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
