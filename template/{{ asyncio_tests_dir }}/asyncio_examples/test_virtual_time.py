"""Timeouts, schedules and long waits are tested on a clock that jumps over them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
if TYPE_CHECKING:
    from tests.utils.asyncio_helpers import VirtualClock

# copier: endfilter
pytestmark = [
    pytest.mark.asyncio,
    # Only asyncio's own event loops can be told the time: not uvloop's.
    pytest.mark.virtual_clock(otherwise="skip"),
]

HOUR = 3600


class Cache:
    """Stand in for the code under test: forget what is older than an hour."""

    def __init__(self) -> None:
        """Begin with nothing in it."""
        self.pages: dict[str, str] = {}

    def keep(self, name: str, page: str) -> None:
        """Keep a page, for an hour."""
        self.pages[name] = page
        loop = asyncio.get_running_loop()
        loop.call_later(HOUR, self.pages.pop, name)


async def test_an_hour_passes_at_once() -> None:
    """So the real limit is tested, and not a shorter one that the test has set."""
    cache = Cache()
    cache.keep("start", "Hello")

    await asyncio.sleep(HOUR - 1)
    assert cache.pages == {"start": "Hello"}

    await asyncio.sleep(1)
    assert cache.pages == {}


async def test_a_timeout_fires_at_its_time(virtual_clock: VirtualClock) -> None:
    """The slow answer would have come a second later."""
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.sleep(31, "too late"), timeout=30)

    assert virtual_clock.now == 30


async def test_a_schedule_is_kept(virtual_clock: VirtualClock) -> None:
    """`advance` returns when all is done that was due by then."""
    reports: list[float] = []

    async def report_every_hour() -> None:
        while True:
            await asyncio.sleep(HOUR)
            reports.append(virtual_clock.now / HOUR)

    reporting = asyncio.create_task(report_every_hour())
    await virtual_clock.advance(3 * HOUR)

    assert reports == [1, 2, 3]
    reporting.cancel()
