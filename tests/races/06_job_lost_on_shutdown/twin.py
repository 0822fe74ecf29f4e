"""A job that was not done goes back into the queue."""

import asyncio


class Jobs:
    def __init__(self):
        self.queue = asyncio.Queue()
        self.done = []
        self.started = asyncio.Event()
        self.worker = None
        for job in ("resize", "upload"):
            self.queue.put_nowait(job)

    async def work(self):
        while True:
            job = await self.queue.get()
            try:
                await asyncio.sleep(0)  # does it
            except asyncio.CancelledError:
                self.queue.put_nowait(job)
                raise
            self.done.append(job)


def begin():
    return Jobs()


async def worker(jobs):
    jobs.worker = asyncio.current_task()
    jobs.started.set()
    try:
        await jobs.work()
    except asyncio.CancelledError:
        pass


async def shutdown(jobs):
    await jobs.started.wait()
    for _second in range(4):
        await asyncio.sleep(0)
    jobs.worker.cancel()


TASKS = (worker, shutdown)


def check(jobs):
    left = [jobs.queue.get_nowait() for _ in range(jobs.queue.qsize())]
    assert sorted(jobs.done + left) == ["resize", "upload"]
