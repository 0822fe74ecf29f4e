"""Each signal is handled again as it was before."""

import asyncio
import signal


async def test_obeys_signals():
    obeyed = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, obeyed.set)
    before = signal.signal(signal.SIGUSR2, lambda *_: obeyed.set())
    try:
        signal.raise_signal(signal.SIGUSR1)
        await obeyed.wait()
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        signal.signal(signal.SIGUSR2, before)


async def test_finds_the_signals_as_they_were():
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGUSR2) == signal.SIG_DFL
