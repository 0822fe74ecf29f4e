"""A test of what only one make of loops does names the loop that it is for."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "winloop" if sys.platform == "win32" else "uvloop",
    reason="uvloop or winloop is not installed: see the requirements of the tests",
)

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import wait_until

if TYPE_CHECKING:
    from tests.utils.asyncio_helpers import VirtualClock

# copier: endfilter
# Each test has a loop of its own, and it is asyncio's. The mark of a single test takes
# the place of this one as a whole, so it names the scope again.
pytestmark = pytest.mark.asyncio(loop_scope="function", loop_factories=["asyncio"])


async def order_of_timers() -> list[str]:
    """Set two timers less than a millisecond apart, the later one first."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    rung: list[str] = []
    loop.call_at(start + 0.0004, rung.append, "later")
    loop.call_at(start + 0.0002, rung.append, "sooner")
    await wait_until(lambda: len(rung) == 2)
    return rung


async def test_asyncio_keeps_timers_in_the_order_of_their_times() -> None:
    """Code that relies on it works as long as nobody changes the loop."""
    assert await order_of_timers() == ["sooner", "later"]


@pytest.mark.asyncio(loop_scope="function", loop_factories=["uvloop"])
async def test_uvloop_rounds_times_to_milliseconds() -> None:
    """Two timers that become due in the same one are called as they were set."""
    assert await order_of_timers() == ["later", "sooner"]


async def remind(hours: int) -> str:
    """Stand in for the code under test."""
    await asyncio.sleep(hours * 3600)
    return "Time to go"


# Windows' default loop cannot be told the time either.
@pytest.mark.virtual_clock(otherwise="skip")
async def test_virtual_time_needs_asyncios_loop(virtual_clock: VirtualClock) -> None:
    """Run on both loops, a test of long pauses would fail on uvloop."""
    with virtual_clock.assert_takes(7200):
        assert await remind(hours=2) == "Time to go"
