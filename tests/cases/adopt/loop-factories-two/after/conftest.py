import asyncio


class FirstLoop(asyncio.SelectorEventLoop):
    pass


class SecondLoop(asyncio.SelectorEventLoop):
    pass


def pytest_asyncio_loop_factories(config, item):
    return {"first": FirstLoop, "second": SecondLoop}


# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
