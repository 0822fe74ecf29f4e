"""The loop that a test may rely on, be it sync or async."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from .current_loop import current_event_loop
from .open_loops import open_loop, requested_scopes


@pytest.fixture
def ensure_test_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """The loop that the test may rely on, for fixtures and helpers that serve any test.

    In an async test it is the loop that the test runs on. In a sync test it is the
    current loop, which may be one of the loop fixtures; where there is none, a new one
    that is current during the test and ended after it, as with `standard_event_loop`.
    """
    if pytest_asyncio.is_async_test(request.node):
        yield loop_of_async_test(request)
        return
    loop = current_event_loop()
    is_about_to_have_one = "function" in requested_scopes(request.node)
    if loop is None or loop.is_closed() or is_about_to_have_one:
        with open_loop(request) as its_own:
            yield its_own
    else:
        yield loop


def loop_of_async_test(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoop:
    """Return the loop that the async test runs on which a fixture is requested by."""
    scope = loop_scope_of(request.node)
    loop: asyncio.AbstractEventLoop
    try:
        # pytest-asyncio's own. To run an async fixture takes a tenth of a short test.
        runner: Any = request.getfixturevalue(f"_{scope}_scoped_runner")
        loop = runner.get_loop()
    except pytest.FixtureLookupError:
        loop = request.getfixturevalue(f"_running_loop_of_{scope}")
    return loop


def loop_scope_of(test: pytest.Item) -> str:
    """Return the scope of the loop that an async test runs on."""
    mark = test.get_closest_marker("asyncio")
    named: dict[str, str] = getattr(mark, "kwargs", {})
    default = str(test.config.getini("asyncio_default_test_loop_scope"))
    return named.get("loop_scope") or named.get("scope") or default


# pytest-asyncio runs an async fixture on the loop of a scope that is fixed where the
# fixture is defined, hence one for each scope that a test can run in.


@pytest_asyncio.fixture(loop_scope="function")
async def _running_loop_of_function() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest_asyncio.fixture(loop_scope="class")
async def _running_loop_of_class() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest_asyncio.fixture(loop_scope="module")
async def _running_loop_of_module() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest_asyncio.fixture(loop_scope="package")
async def _running_loop_of_package() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest_asyncio.fixture(loop_scope="session")
async def _running_loop_of_session() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
