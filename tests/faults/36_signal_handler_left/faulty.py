# check: signal_handler
# guilty: test_obeys_signals
# text: SIGUSR
# lines: all
"""Two signals are still handled the test's way when the test has ended."""

import asyncio
import signal


async def test_obeys_signals():
    obeyed = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, obeyed.set)  # guilty
    signal.signal(signal.SIGUSR2, lambda *_: obeyed.set())  # guilty

    signal.raise_signal(signal.SIGUSR1)

    await obeyed.wait()


async def test_finds_the_signals_as_they_were():
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGUSR2) == signal.SIG_DFL
