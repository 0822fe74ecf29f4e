"""Cancelled code gives back what it holds, and the test waits until it has."""

import asyncio

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio


class Worker:
    """Stand in for the code under test: it holds a lock for as long as it runs."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.started = asyncio.Event()
        self.events: list[str] = []

    async def run(self) -> None:
        """Work until cancelled, then clean up."""
        async with self.lock:
            self.started.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.events.append("cleaned up")


async def test_a_cancelled_task_has_cleaned_up_once_it_was_awaited() -> None:
    """`cancel` only asks; awaiting the task is what waits for the answer."""
    worker = Worker()
    task = asyncio.create_task(worker.run())
    await run_with_timeout(worker.started.wait())

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert worker.events == ["cleaned up"]
    assert not worker.lock.locked()


async def test_a_time_limit_waits_for_the_clean_up_too() -> None:
    """What a limit stops is as finished as what was cancelled by hand."""
    worker = Worker()

    with pytest.raises(TimeoutError):
        await run_with_timeout(worker.run(), timeout=0.01)

    assert worker.events == ["cleaned up"]
    assert not worker.lock.locked()
