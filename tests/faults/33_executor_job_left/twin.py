"""The job is awaited; the thread that has done it stays, and waits for more."""

import asyncio
import time

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


def compress():
    time.sleep(0.02)
    return "small"


async def test_compresses_in_the_background():
    assert await asyncio.to_thread(compress) == "small"


async def test_compresses_again():
    loop = asyncio.get_running_loop()

    assert await loop.run_in_executor(None, compress) == "small"
