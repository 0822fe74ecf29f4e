"""The job holds its coroutine as before, and awaits it."""

import asyncio
import gc


class Job:
    def __init__(self):
        self.running = self.run()

    async def run(self):
        await asyncio.sleep(0)
        return "done"


async def test_prepares_a_job():
    job = Job()

    assert await job.running == "done"


async def test_runs_while_the_garbage_collector_does():
    gc.collect()
