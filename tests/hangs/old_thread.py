"""A plugin that starts a thread before the run, for its tests to hand work to."""

import queue
import threading
import time

JOBS = queue.Queue()


def work_for_ever():
    while True:
        loop, job = JOBS.get()
        time.sleep(0.4)  # longer than the looks at a loop that nothing can wake
        loop.call_soon_threadsafe(job.set_result, None)


threading.Thread(target=work_for_ever, daemon=True).start()
