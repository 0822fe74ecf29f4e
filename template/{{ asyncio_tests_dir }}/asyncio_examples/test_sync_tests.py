"""A sync test that drives async code asks for an event loop instead of making one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


async def double(number: int) -> int:
    """Stand in for the code under test."""
    return 2 * number


def notify_soon(callback: Callable[[str], None]) -> None:
    """Stand in for older code: a sync function that looks up the current loop."""
    asyncio.get_event_loop().call_soon(callback, "done")


def test_a_sync_test_runs_a_coroutine_to_its_end(
    standard_event_loop: asyncio.AbstractEventLoop,
) -> None:
    """The fixture makes the loop, and closes it with all that still runs in it."""
    assert standard_event_loop.run_until_complete(double(21)) == 42


def test_code_that_looks_up_the_current_loop_finds_it(
    standard_event_loop: asyncio.AbstractEventLoop,
) -> None:
    """Without the fixture the lookup fails: there is no current event loop."""
    notified = standard_event_loop.create_future()

    notify_soon(notified.set_result)

    assert standard_event_loop.run_until_complete(notified) == "done"
