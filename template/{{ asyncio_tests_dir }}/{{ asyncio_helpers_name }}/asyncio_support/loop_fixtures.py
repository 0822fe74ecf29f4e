"""Fixtures that give sync tests an event loop to drive async code with.

Each keeps a loop open for its scope. The loop is current while a test that asks for it
runs; of several, that of the narrowest scope. Then everything left on it is ended (see
`cleanup_event_loop`) and the loop that was current before is so again.
An async test needs none of them: it has a loop, `asyncio.get_running_loop()`.
"""

import asyncio
from collections.abc import Iterator

import pytest

from .open_loops import open_loop


@pytest.fixture
def standard_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop of a sync test's own."""
    with open_loop(request) as loop:
        yield loop


@pytest.fixture
def function_scoped_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """The same loop as `standard_event_loop`, by a name that tells its scope."""
    with open_loop(request) as loop:
        yield loop


@pytest.fixture(scope="class")
def class_scoped_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that the sync tests of a class share."""
    with open_loop(request) as loop:
        yield loop


@pytest.fixture(scope="module")
def module_scoped_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that the sync tests of a module share."""
    with open_loop(request) as loop:
        yield loop


@pytest.fixture(scope="package")
def package_scoped_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that the sync tests of a package share, sub-packages included."""
    with open_loop(request) as loop:
        yield loop


@pytest.fixture(scope="session")
def session_scoped_event_loop(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that all sync tests of the run share."""
    with open_loop(request) as loop:
        yield loop
