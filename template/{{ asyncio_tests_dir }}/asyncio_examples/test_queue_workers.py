"""Workers that never end are stopped by the test once their queue is done."""

import asyncio

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio


async def work(jobs: asyncio.Queue[int], results: list[int]) -> None:
    """Stand in for the code under test: take jobs for ever."""
    while True:
        number = await jobs.get()
        results.append(number * number)
        jobs.task_done()


async def test_every_job_is_done_when_join_returns() -> None:
    """`join` waits for `task_done`, not just until the queue is empty."""
    jobs: asyncio.Queue[int] = asyncio.Queue()
    results: list[int] = []
    workers = [asyncio.create_task(work(jobs, results)) for _ in range(3)]
    for number in range(10):
        jobs.put_nowait(number)

    await run_with_timeout(jobs.join())
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)

    assert sorted(results) == [number * number for number in range(10)]
