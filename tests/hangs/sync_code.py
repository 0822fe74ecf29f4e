"""Tests that keep the loop, and what they do against being interrupted."""

import asyncio
import contextlib
import queue
import socket
import threading
import time


async def test_spins():
    while True:  # hangs
        pass  # hangs


async def test_drops_every_exception():
    while True:
        try:
            time.sleep(0.01)  # hangs
        except Exception:
            pass


async def test_drops_everything():
    while True:
        try:
            time.sleep(30)  # hangs
        except BaseException:
            pass


async def test_drops_everything_bare():
    while True:
        try:
            time.sleep(30)  # hangs
        except:
            continue


async def test_drops_everything_twice():
    def inner():
        while True:
            with contextlib.suppress(BaseException):
                time.sleep(30)  # hangs

    while True:
        try:
            inner()
        except BaseException as error:
            print(error)


async def test_keeps_every_error():
    kept = []
    while True:
        try:
            time.sleep(30)  # hangs
        except BaseException as error:
            kept.append(error)


async def test_sleeps():
    time.sleep(1000)  # hangs


async def test_waits_for_a_thread_lock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()  # hangs


async def test_hears_nothing():
    near, far = socket.socketpair()
    with near, far:
        near.recv(1)  # hangs


async def test_gets_nothing():
    queue.Queue().get()  # hangs


async def test_joins_a_thread():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        thread.join()  # hangs
    finally:
        done.set()
        thread.join()


async def test_has_a_callback_that_spins():
    def spin():
        while True:  # hangs
            pass  # hangs

    asyncio.get_running_loop().call_soon(spin)
    await asyncio.sleep(30)


async def test_has_a_child_that_spins():
    async def spin():
        while True:  # hangs
            pass  # hangs

    await asyncio.create_task(spin())


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
