"""Code for trio alone runs on trio, on a clock that jumps to the next deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "anyio", reason="anyio is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "trio", reason="trio is not installed: see the requirements of the tests"
)

import trio
from trio.testing import MockClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# In auto mode the mark does as it says because of conftest.py, which the checker that
# the comment speaks to does not know.
pytestmark = pytest.mark.anyio  # pta: ignore[PTA211]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Override anyio's fixture: one backend, and arguments of `trio.run`."""
    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def poll(is_ready: Callable[[], Awaitable[bool]], pause: float = 60) -> int:
    """Stand in for the code under test: ask until the answer is yes, and count."""
    asked = 1
    while not await is_ready():
        asked += 1
        await trio.sleep(pause)
    return asked


async def test_pauses_take_no_time() -> None:
    """Two minutes pass at once, and are compared exactly, on trio's own clock."""
    replies = iter([False, False, True])
    began = trio.current_time()

    async def is_ready() -> bool:
        await trio.lowlevel.checkpoint()
        return next(replies)

    assert await poll(is_ready) == 3
    assert trio.current_time() - began == 120


async def test_a_limit_ends_what_never_answers() -> None:
    """A hang costs nothing either: the clock jumps to the limit when all wait."""
    with trio.move_on_after(3600) as limit:
        await poll(trio.sleep_forever)

    assert limit.cancelled_caught
