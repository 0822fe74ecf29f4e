"""What looks like a call that blocks, and does not, or nobody minds."""

import asyncio
import concurrent.futures
import importlib
import queue
import socket
import subprocess
import sys
import threading
import time

import pytest


async def test_sleeps_for_no_time():
    time.sleep(0)


async def test_hears_what_is_there():
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"echo")
        assert near.recv(4) == b"echo"
        far.close()
        assert near.recv(1) == b""


async def test_accepts_who_is_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.getsockname())
        await asyncio.sleep(0.01)
        connection, _ = server.accept()
        connection.close()
        writer.close()
        await writer.wait_closed()


async def test_does_not_wait():
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        with pytest.raises(BlockingIOError):
            near.recv(1)
    with pytest.raises(queue.Empty):
        queue.Queue().get_nowait()
    with pytest.raises(queue.Empty):
        queue.Queue().get(block=False)
    assert not threading.Event().wait(0)
    with pytest.raises(concurrent.futures.TimeoutError):
        concurrent.futures.Future().result(timeout=0)


async def test_waits_for_what_is_over():
    process = subprocess.Popen([sys.executable, "-c", ""])
    while process.poll() is None:
        await asyncio.sleep(0.01)
    assert process.wait() == 0
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    jobs = queue.Queue(2)
    jobs.put("job")
    assert jobs.get() == "job"
    future = concurrent.futures.Future()
    future.set_result("over")
    assert future.result() == "over"


async def test_blocks_a_thread():
    await asyncio.to_thread(time.sleep, 0.3)


async def test_lets_asyncio_do_its_work():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        await asyncio.get_running_loop().run_in_executor(pool, time.sleep, 0.01)
    await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80)
    await asyncio.get_running_loop().shutdown_default_executor()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    assert await process.wait() == 0


def test_runs_no_loop():
    time.sleep(0.3)


@pytest.fixture
async def sets_up():
    yield


def test_runs_no_loop_any_more(sets_up):
    time.sleep(0.3)


async def test_passes_wrong_arguments():
    with pytest.raises(TypeError):
        time.sleep()
    with pytest.raises(TypeError):
        time.sleep("soon")
    near, far = socket.socketpair()
    near.close()
    far.close()
    with pytest.raises(OSError):
        near.recv(1)


async def test_imports_something_slow(tmp_path, monkeypatch):
    end = "import time; end = time.thread_time() + 0.4"
    (tmp_path / "slow_module.py").write_text(
        f"{end}\nwhile time.thread_time() < end: pass"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    importlib.import_module("slow_module")


@pytest.mark.asyncio_allow("blocking_call", reason="the kettle has no async interface")
async def test_is_allowed_to():
    time.sleep(0.01)
