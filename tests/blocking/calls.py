"""Calls that block the loop; each is found at its line, marked with its name."""

import asyncio
import concurrent.futures
import os
import queue
import socket
import subprocess
import sys
import threading
import time

import pytest


@pytest.fixture
def pool():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture
def near():
    near, far = socket.socketpair()
    near.settimeout(0.01)
    with near, far:
        yield near


@pytest.fixture
async def slow_fixture():
    time.sleep(0.01)  # test_of_a_fixture: time.sleep


async def test_sleep():
    time.sleep(0.01)  # test_sleep: time.sleep


async def test_recv(near):
    with pytest.raises(OSError):
        near.recv(1)  # test_recv: socket.recv


async def test_send_to_a_full_one(near):
    with pytest.raises(OSError):
        while True:
            near.send(b"x" * 100_000)  # test_send_to_a_full_one: socket.send


async def test_accept():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        with pytest.raises(OSError):
            server.accept()  # test_accept: socket.accept


async def test_connect():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        client = socket.create_connection(address)  # test_connect: socket.connect
        client.close()


async def test_run():
    subprocess.run([sys.executable, "-c", ""])  # test_run: subprocess


async def test_system():
    os.system("true")  # test_system: os.system


async def test_result(pool):
    job = pool.submit(threading.Event().wait, 0.05)
    job.result()  # test_result: Future.result


async def test_join():
    thread = threading.Thread(target=threading.Event().wait, args=(0.1,))
    thread.start()
    thread.join()  # test_join: Thread.join


async def test_get():
    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=0.01)  # test_get: queue.Queue.get


async def test_event():
    threading.Event().wait(0.01)  # test_event: threading.Event.wait


async def test_of_a_fixture(slow_fixture):
    pass


async def test_of_a_callback():
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: time.sleep(0.01))  # test_of_a_callback: time.sleep
    await asyncio.sleep(0.01)


async def test_of_a_library():
    namespace = {"time": time}
    code = "def fetch(): time.sleep(0.1)"
    exec(compile(code, "/lib/site-packages/slow.py", "exec"), namespace)
    namespace["fetch"]()  # test_of_a_library: time.sleep
