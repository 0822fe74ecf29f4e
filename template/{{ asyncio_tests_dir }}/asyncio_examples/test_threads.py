"""Blocking code runs in a thread; threads reach the loop by thread-safe calls."""

import asyncio
import threading

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio


async def test_the_loop_goes_on_while_a_thread_blocks() -> None:
    """Called directly, the blocking wait would stop the loop that is to end it."""
    loop = asyncio.get_running_loop()
    is_blocking, unblocked = asyncio.Event(), threading.Event()

    def block() -> bool:
        loop.call_soon_threadsafe(is_blocking.set)
        return unblocked.wait(timeout=5)

    task = asyncio.create_task(asyncio.to_thread(block))
    await run_with_timeout(is_blocking.wait())
    unblocked.set()

    assert await run_with_timeout(task)


async def test_a_thread_wakes_the_loop_by_call_soon_threadsafe() -> None:
    """Setting an asyncio.Event from another thread directly may never be noticed."""
    loop = asyncio.get_running_loop()
    called_back = asyncio.Event()

    await asyncio.to_thread(loop.call_soon_threadsafe, called_back.set)

    await run_with_timeout(called_back.wait())


async def test_a_thread_gets_the_result_of_a_coroutine() -> None:
    """`run_coroutine_threadsafe` returns a future that the thread may block on."""
    loop = asyncio.get_running_loop()

    async def answer() -> int:
        return 42

    def ask() -> int:
        return asyncio.run_coroutine_threadsafe(answer(), loop).result(timeout=5)

    assert await run_with_timeout(asyncio.to_thread(ask)) == 42
