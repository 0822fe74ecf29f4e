# check: never_awaited
# guilty: test_prepares_a_job
# text: run
"""A job holds its own coroutine, never awaited, which holds the job.

Only the garbage collector ends such a cycle: the warning would come in some later test.
"""

import asyncio
import gc


class Job:
    def __init__(self):
        self.running = self.run()  # guilty

    async def run(self):
        await asyncio.sleep(0)
        return "done"


async def test_prepares_a_job():
    assert Job().running is not None


async def test_runs_while_the_garbage_collector_does():
    gc.collect()
