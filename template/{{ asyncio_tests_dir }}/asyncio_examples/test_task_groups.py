"""Tasks that belong together end together, and every failure among them is seen."""

import asyncio
import sys

import pytest

pytestmark = pytest.mark.asyncio


async def serve(serving: asyncio.Event, events: list[str]) -> None:
    """Stand in for a task that runs until it is stopped."""
    serving.set()
    try:
        await asyncio.Event().wait()
    finally:
        events.append("stopped serving")


async def write(serving: asyncio.Event) -> None:
    """Stand in for a task that fails while the other one is under way."""
    await serving.wait()
    msg = "disk full"
    raise OSError(msg)


if sys.version_info >= (3, 11):

    async def test_a_failing_task_stops_the_others() -> None:
        """A TaskGroup cancels and awaits them, then raises all failures in a group."""
        serving, events = asyncio.Event(), list[str]()

        # Unlike `raises(ExceptionGroup)`, this fails when another task failed as well.
        with pytest.RaisesGroup(pytest.RaisesExc(OSError, match="disk full")):
            async with asyncio.TaskGroup() as group:
                group.create_task(serve(serving, events))
                group.create_task(write(serving))

        assert events == ["stopped serving"]

else:

    async def test_a_failing_task_stops_the_others() -> None:
        """On Python 3.10 `gather` raises, and stopping the others is up to us."""
        serving, events = asyncio.Event(), list[str]()
        tasks = [
            asyncio.create_task(serve(serving, events)),
            asyncio.create_task(write(serving)),
        ]

        with pytest.raises(OSError, match="disk full"):
            await asyncio.gather(*tasks)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=5)

        assert events == ["stopped serving"]


async def test_results_come_in_the_order_of_the_calls() -> None:
    """`gather` returns them by position, whichever call ends first."""
    second_is_done = asyncio.Event()

    async def first() -> str:
        await second_is_done.wait()
        return "first"

    async def second() -> str:
        second_is_done.set()
        return "second"

    results = [*await asyncio.gather(first(), second())]

    assert results == ["first", "second"]
