"""Code in C that keeps the loop on a machine that leaves it a fifth of its time."""

import os
import re
import subprocess
import sys

import pytest

BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"


@pytest.fixture(autouse=True)
def others():
    """Let four processes want the processor that this one has."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(4)]
    yield
    os.sched_setaffinity(0, every)
    for process in processes:
        process.kill()
        process.wait()


async def test_matches_for_long():
    re.match("(a+)+$", "a" * 23 + "b")  # test_matches_for_long
