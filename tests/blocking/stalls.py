"""Code that keeps the loop, with no call that is known."""

import asyncio
import hashlib
import re
import time


def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:  # test_works
        pass  # test_works


async def test_works():
    work(0.5)


async def test_works_in_c():
    end = time.thread_time() + 0.5
    while time.thread_time() < end:  # test_works_in_c
        hashlib.pbkdf2_hmac("sha256", b"", b"", 300_000)  # test_works_in_c


async def test_has_a_callback_that_works():
    def work_here():
        end = time.thread_time() + 0.5
        while time.thread_time() < end:  # test_has_a_callback_that_works
            pass  # test_has_a_callback_that_works

    asyncio.get_running_loop().call_soon(work_here)
    await asyncio.sleep(0.01)


async def test_lets_no_thread_run():
    await asyncio.sleep(0)
    sum(range(40_000_000))  # test_lets_no_thread_run


async def test_matches_for_long():
    re.match("(a+)+$", "a" * 24 + "b")  # test_matches_for_long
