"""The current event loop, asked for and set without surprises on every Python."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.utils.asyncio_helpers import (
    cleanup_event_loop,
    configure_test_event_loop,
    ensure_event_loop,
)
from tests.utils.asyncio_support.current_loop import current_event_loop


@pytest.fixture(autouse=True)
def no_loop_to_begin_with() -> Iterator[None]:
    """Each test here starts and ends where `asyncio.run()` leaves a process."""
    asyncio.set_event_loop(None)
    yield
    asyncio.set_event_loop(None)


def test_a_configured_loop_is_new_and_current() -> None:
    """What is promised is a loop that nobody else has used."""
    first = configure_test_event_loop()
    second = configure_test_event_loop()

    seen = [first is second, current_event_loop() is second, first.is_closed()]

    cleanup_event_loop(first)
    cleanup_event_loop(second)
    assert seen == [False, True, False]


def test_asking_which_loop_is_current_makes_none() -> None:
    """A look must not change what is looked at, nor leave a loop that nobody closes."""
    assert current_event_loop() is None


def test_the_running_loop_counts_as_current() -> None:
    """As it does for `asyncio.get_event_loop()`."""

    async def ask() -> list[bool]:
        running = asyncio.get_running_loop()
        return [current_event_loop() is running, ensure_event_loop() is running]

    assert asyncio.run(ask()) == [True, True]


def test_a_loop_is_ensured_after_asyncio_run_has_left_none() -> None:
    """Where `asyncio.get_event_loop()` raises RuntimeError on every Python."""
    asyncio.run(asyncio.sleep(0))

    loop = ensure_event_loop()

    again = ensure_event_loop()
    cleanup_event_loop(loop)
    assert again is loop


def test_a_closed_loop_that_is_current_is_replaced() -> None:
    """A test that closed its loop must not break the next one."""
    closed = configure_test_event_loop()
    closed.close()

    loop = ensure_event_loop()

    seen = [loop is closed, loop.is_closed(), current_event_loop() is loop]
    cleanup_event_loop(loop)
    assert seen == [False, False, True]
