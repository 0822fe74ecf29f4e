"""Code that pauses takes its sleep as an argument, so that a test need not wait."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, call

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.asyncio


async def fetch_with_retries(
    fetch: Callable[[], Awaitable[str]],
    *,
    attempts: int = 4,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> str:
    """Stand in for the code under test: pause twice as long after each failure."""
    for attempt in range(attempts - 1):
        with suppress(ConnectionError):
            return await fetch()
        await sleep(2**attempt)
    return await fetch()


async def test_pauses_double_until_the_call_succeeds() -> None:
    """Seven seconds of pauses take no time, and are compared exactly."""
    gone = ConnectionError("gone")
    fetch = AsyncMock(side_effect=[gone, gone, gone, "page"])
    sleep = AsyncMock()

    assert await fetch_with_retries(fetch, sleep=sleep) == "page"

    assert sleep.await_args_list == [call(1), call(2), call(4)]


async def test_the_last_failure_is_raised() -> None:
    """Whoever called is told what went wrong, without a last pause."""
    fetch = AsyncMock(side_effect=ConnectionError("gone"))
    sleep = AsyncMock()

    with pytest.raises(ConnectionError, match="gone"):
        await fetch_with_retries(fetch, attempts=2, sleep=sleep)

    assert sleep.await_args_list == [call(1)]
