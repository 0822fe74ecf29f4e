"""Waiting for states while the clock jumps: nothing is waited for in real time."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from tests.utils.asyncio_helpers import settle, wait_until

if TYPE_CHECKING:
    from tests.utils.asyncio_helpers import VirtualClock

HOUR = 3600


async def work(seconds: float, done: list[str]) -> None:
    """Take some time."""
    await asyncio.sleep(seconds)
    done.append("done")


async def test_the_clock_jumps_while_a_state_is_waited_for(
    virtual_clock: VirtualClock,
) -> None:
    """Straight to what brings it about."""
    done: list[str] = []
    working = asyncio.create_task(work(HOUR, done))

    await wait_until(lambda: done, timeout=2 * HOUR)

    assert virtual_clock.now == HOUR
    await working


async def test_the_limit_is_of_virtual_time(virtual_clock: VirtualClock) -> None:
    """An hour in vain takes no time either."""
    with pytest.raises(TimeoutError):
        await wait_until(lambda: None, timeout=HOUR)

    assert virtual_clock.now == HOUR


@pytest.mark.parametrize("begins_first", [True, False])
async def test_what_happens_at_the_very_deadline_is_in_time(
    virtual_clock: VirtualClock, *, begins_first: bool
) -> None:
    """Round numbers meet on a clock that does not tick, in whatever order."""
    done: list[str] = []
    working = asyncio.create_task(work(5, done))
    if begins_first:
        await settle()

    await wait_until(lambda: done, timeout=5)

    assert virtual_clock.now == 5
    await working


async def test_at_the_deadline_nobody_is_waited_for_who_never_waits(
    virtual_clock: VirtualClock,
) -> None:
    """Else one task that spins would make every limit endless."""

    async def spin() -> None:
        await asyncio.sleep(5)
        while True:  # noqa: ASYNC110 - the mistake
            await asyncio.sleep(0)

    spinning = asyncio.create_task(spin())

    with pytest.raises(TimeoutError):
        await wait_until(lambda: None, timeout=5)

    assert virtual_clock.now == 5
    spinning.cancel()
    await asyncio.wait({spinning})


async def test_an_async_predicate_is_asked_on_virtual_time(
    virtual_clock: VirtualClock,
) -> None:
    """The pauses in between are jumped over as well."""
    done: list[str] = []
    working = asyncio.create_task(work(60, done))

    async def ask() -> list[str]:
        return done

    await wait_until(ask, timeout=HOUR)

    assert 60 <= virtual_clock.now < 61
    await working


async def test_a_thread_that_is_waited_for_holds_the_clock(
    virtual_clock: VirtualClock,
) -> None:
    """Though no future of the loop stands for it."""
    done: list[str] = []
    thread = threading.Timer(0.05, done.append, ["done"])

    thread.start()
    await wait_until(lambda: done)

    thread.join()
    assert virtual_clock.now == 0


async def test_settling_takes_no_time(virtual_clock: VirtualClock) -> None:
    """What is due by now is done; what comes later waits."""
    now: list[str] = []
    later: list[str] = []
    tasks = [asyncio.create_task(work(0, now)), asyncio.create_task(work(1, later))]
    asyncio.get_running_loop().call_later(0, now.append, "called")

    await settle()

    assert sorted(now) == ["called", "done"]
    assert later == []
    assert virtual_clock.now == 0
    await asyncio.wait(tasks)
