"""Tests that wait for a signal, of which a loop knows nothing until it comes."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

SEND = "import os, signal, time; time.sleep(0.3); os.kill({}, signal.{})"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGPROF"])
async def test_waits_for_a_signal(name):
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    number = getattr(signal, name)
    wake = lambda *_: loop.call_soon_threadsafe(heard.set)
    before = signal.signal(number, wake)
    code = SEND.format(os.getpid(), name)
    child = subprocess.Popen([sys.executable, "-S", "-c", code])
    await heard.wait()
    signal.signal(number, before)
    while child.poll() is None:
        await asyncio.sleep(0.01)
