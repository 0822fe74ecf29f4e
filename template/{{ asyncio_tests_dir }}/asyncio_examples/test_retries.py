"""Code that pauses and retries is tested on virtual time: no pause takes any."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.utils.asyncio_helpers import VirtualClock

# copier: endfilter
pytestmark = [
    pytest.mark.asyncio,
    # Only asyncio's own event loops can be told the time: not uvloop's.
    pytest.mark.virtual_clock(otherwise="skip"),
]


async def fetch_with_retries(
    fetch: Callable[[], Awaitable[str]], attempts: int = 4
) -> str:
    """Stand in for the code under test: pause twice as long after each failure."""
    for attempt in range(attempts - 1):
        with suppress(ConnectionError):
            return await fetch()
        await asyncio.sleep(2**attempt)
    return await fetch()


async def test_pauses_double_until_the_call_succeeds(
    virtual_clock: VirtualClock,
) -> None:
    """Seven seconds of pauses take no time, and are compared exactly."""
    gone = ConnectionError("gone")
    fetch = AsyncMock(side_effect=[gone, gone, gone, "page"])

    with virtual_clock.assert_takes(1 + 2 + 4):
        assert await fetch_with_retries(fetch) == "page"


async def test_the_last_failure_is_raised(virtual_clock: VirtualClock) -> None:
    """Whoever called is told what went wrong, without a last pause."""
    fetch = AsyncMock(side_effect=ConnectionError("gone"))

    with (
        virtual_clock.assert_takes(1),
        pytest.raises(ConnectionError, match="gone"),
    ):
        await fetch_with_retries(fetch, attempts=2)
