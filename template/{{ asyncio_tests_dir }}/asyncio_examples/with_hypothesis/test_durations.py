"""Hours of generated pauses take no time on a virtual clock."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import accumulate

import pytest

pytest.importorskip(
    "hypothesis",
    reason="hypothesis is not installed: see the requirements of the tests",
)

from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = [
    # Every test has a loop of its own: its clock is the one that is made virtual.
    pytest.mark.asyncio(loop_scope="function"),
    # The marker, as Hypothesis refuses fixtures of function scope such as the clock.
    # Only asyncio's own event loops can be told the time: not uvloop's.
    pytest.mark.virtual_clock(otherwise="skip"),
]

# See test_properties.py for the reasons.
quick = settings(max_examples=30, deadline=None, derandomize=True)
pauses, limits = st.lists(st.integers(0, 90), max_size=8), st.integers(1, 3)
MINUTE = 60


class RateLimit:
    """Stand in for the code under test: so many calls in any minute, and no more."""

    def __init__(self, calls: int) -> None:
        self._last: deque[float] = deque(maxlen=calls)
        self._next = asyncio.Lock()

    async def wait(self) -> None:
        """Wait until one more call is allowed."""
        loop = asyncio.get_running_loop()
        async with self._next:
            if len(self._last) == self._last.maxlen:
                await asyncio.sleep(self._last[0] + MINUTE - loop.time())
            self._last.append(loop.time())


async def times_of_calls(pauses: list[int], limit: int) -> list[int]:
    """Return after how many seconds calls are let through that come after pauses."""
    # The clock goes on from example to example, so each has a beginning of its own.
    loop, rate_limit = asyncio.get_running_loop(), RateLimit(limit)
    start = loop.time()

    async def call(after: int) -> int:
        await asyncio.sleep(after)
        await rate_limit.wait()
        return round(loop.time() - start)

    return sorted(await asyncio.gather(*map(call, accumulate(pauses))))


@quick
@given(pauses=pauses, limit=limits)
async def test_no_minute_has_more_calls_than_allowed(
    pauses: list[int], limit: int
) -> None:
    """A limit that begins anew with each minute lets through twice as many at once."""
    times = await times_of_calls(pauses, limit)

    pairs = zip(times, times[limit:], strict=False)
    assert all(last - first >= MINUTE for first, last in pairs)


@quick
@given(pauses=pauses, limit=limits)
async def test_no_call_waits_longer_than_it_has_to(
    pauses: list[int], limit: int
) -> None:
    """A model that waits for nothing says when each call has to be let through."""
    expected: list[int] = []
    for came in accumulate(pauses):
        allowed = expected[-limit] + MINUTE if len(expected) >= limit else 0
        expected.append(max(came, allowed))

    assert await times_of_calls(pauses, limit) == expected
