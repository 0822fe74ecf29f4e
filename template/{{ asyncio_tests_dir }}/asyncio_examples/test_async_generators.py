"""An async generator that is left early is closed at a known place by `aclosing`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.asyncio


async def read_rows(events: list[str]) -> AsyncGenerator[int, None]:
    """Stand in for the code under test: hold a cursor open while rows are read."""
    events.append("opened")
    try:
        for row in range(1000):
            yield row
    finally:
        events.append("closed")


async def test_all_that_is_yielded_can_be_collected() -> None:
    """Read to its end, a generator closes by itself."""
    events: list[str] = []

    rows = [row async for row in read_rows(events)]

    assert len(rows) == 1000
    assert events == ["opened", "closed"]


async def test_a_generator_left_early_is_closed_with_its_block() -> None:
    """After a bare `break` it stays open until the garbage collector finds it."""
    events: list[str] = []

    async with aclosing(read_rows(events)) as rows:
        async for row in rows:
            if row == 3:
                break
    events.append("went on")

    assert events == ["opened", "closed", "went on"]
