"""A property holds for all inputs; of those that break it, the smallest is reported."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

import pytest

pytest.importorskip(
    "hypothesis",
    reason="hypothesis is not installed: see the requirements of the tests",
)

from hypothesis import example, given, settings
from hypothesis import strategies as st

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

# copier: endfilter
# All examples of a test run on one loop, and those of the next test on another one.
pytestmark = pytest.mark.asyncio(loop_scope="function")

# Not a profile, which is for all tests. No deadline, which busy machines miss. In your
# own tests leave out `derandomize`: failures are kept then, and tried first next time.
quick = settings(max_examples=40, deadline=None, derandomize=True)
lists, sizes = st.lists(st.integers(), max_size=9), st.integers(1, 4)
Save: TypeAlias = "Callable[[list[int]], Awaitable[None]]"


async def save_all(items: Iterable[int], save: Save, size: int, ahead: int = 1) -> None:
    """Stand in for the code under test: save batches, and read ahead meanwhile."""
    queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=ahead)

    async def read_all() -> None:
        for item in items:
            await queue.put(item)
        await queue.put(None)

    reading = asyncio.create_task(read_all())
    try:
        batch: list[int] = []
        while (item := await queue.get()) is not None:
            batch.append(item)
            if len(batch) == size:
                await save(batch)
                batch = []
        if batch:
            await save(batch)
    finally:
        reading.cancel()
        await asyncio.wait([reading])


@quick
@example(items=[0], size=1)  # the smallest that failed once, and is tried ever since
@given(items=lists, size=sizes)
async def test_batches_hold_what_was_read(items: list[int], size: int) -> None:
    """Who would have tried the zero that `while item := ...` takes for the end?"""
    saved: list[list[int]] = []

    async def save(batch: list[int]) -> None:
        saved.append(batch)

    await save_all(items, save, size)

    assert saved == [items[at : at + size] for at in range(0, len(items), size)]


@quick
@given(items=lists, size=sizes, ahead=st.integers(1, 3))
async def test_reading_stays_close(items: list[int], size: int, ahead: int) -> None:
    """Where saving is slow, whatever is read too early fills the memory."""
    unsaved: list[int] = []

    def read() -> Iterator[int]:
        for item in items:
            unsaved.append(item)
            yield item

    async def save(batch: list[int]) -> None:
        await settle()  # until all is read that may be
        assert len(unsaved) <= len(batch) + ahead + 1
        del unsaved[: len(batch)]

    await save_all(read(), save, size, ahead)
