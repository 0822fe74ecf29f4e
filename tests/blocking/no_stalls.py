"""Work that lets others have their turn, and waiting that is none of the loop's."""

import asyncio
import os
import time


async def test_works_in_turns():
    end = time.thread_time() + 0.5
    while time.thread_time() < end:
        await asyncio.sleep(0)


async def test_works_in_a_thread():
    def work():
        end = time.thread_time() + 0.4
        while time.thread_time() < end:
            pass

    await asyncio.to_thread(work)


async def test_sleeps():
    await asyncio.sleep(0.4)


async def test_works_for_a_moment_only():
    for _ in range(10):
        end = time.thread_time() + 0.04
        while time.thread_time() < end:
            pass
        await asyncio.sleep(0)


async def test_shares_the_processor_with_many():
    children = []
    for _ in range(4 * (os.cpu_count() or 1)):
        children.append(os.fork())
        if not children[-1]:
            end = time.monotonic() + 1
            while time.monotonic() < end:
                pass
            os._exit(0)
    end = time.thread_time() + 0.05
    while time.thread_time() < end:
        pass
    for child in children:
        while not os.waitpid(child, os.WNOHANG)[0]:
            await asyncio.sleep(0.01)


async def test_lets_no_thread_run_for_a_moment():
    for _ in range(20):
        sum(range(400_000))
        await asyncio.sleep(0)


async def test_comes_round_while_the_watchdog_has_to_wait():
    async def nothing():
        pass

    children = []
    for _ in range(4 * (os.cpu_count() or 1)):
        children.append(os.fork())
        if not children[-1]:
            os.nice(-5 if os.geteuid() == 0 else 0)
            end = time.monotonic() + 1
            while time.monotonic() < end:
                pass
            os._exit(0)
    for _ in range(60):
        await asyncio.gather(*(nothing() for _ in range(1_000)))
    for child in children:
        while not os.waitpid(child, os.WNOHANG)[0]:
            await asyncio.sleep(0.01)
