"""Threads that executors keep idle, and those that live as long as their fixture."""

import asyncio
import concurrent.futures
import contextvars
import socket
import threading
import time

import pytest
import pytest_asyncio

POOL = concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="of the module")
WHO = contextvars.ContextVar("WHO")


async def test_leaves_the_default_executor_idle():
    assert await asyncio.to_thread(int, "1") == 1
    assert await asyncio.get_running_loop().run_in_executor(None, int, "2") == 2


async def test_leaves_an_executor_of_the_module_idle():
    loop = asyncio.get_running_loop()

    assert await loop.run_in_executor(POOL, int, "3") == 3


def test_leaves_it_idle_in_a_sync_test():
    assert POOL.submit(int, "4").result() == 4


async def test_looks_up_a_name_and_gives_up():
    loop = asyncio.get_running_loop()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(loop.getaddrinfo("localhost", 80), 0)


@pytest.fixture(scope="session")
def answering():
    """A server in a thread, of which a connection lives on."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = listening.accept()
        with connection:
            while data := connection.recv(10):
                connection.sendall(data)

    thread = threading.Thread(target=answer)
    thread.start()
    with listening, socket.create_connection(listening.getsockname()) as client:
        yield client
    thread.join()


def test_asks_a_server_in_a_thread(answering):
    answering.sendall(b"1")

    assert answering.recv(1) == b"1"


async def test_asks_it_from_async_code(answering):
    answering.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(answering, b"2")

    assert await loop.sock_recv(answering, 1) == b"2"

    answering.setblocking(True)


@pytest.fixture(scope="module")
def loop_in_a_thread():
    """An application with a loop of its own, as servers under test are often run."""
    ready = concurrent.futures.Future()

    async def failing():
        await asyncio.sleep(0)
        raise ValueError("the client of this one is gone")

    async def application():
        stop, lock = asyncio.Event(), asyncio.Lock()
        beating = asyncio.create_task(asyncio.sleep(60))
        pool = concurrent.futures.ThreadPoolExecutor()
        resting = threading.Event()
        job = asyncio.get_running_loop().run_in_executor(pool, resting.wait)
        served = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        listening = socket.create_server(("127.0.0.1", 0))
        asyncio.get_running_loop().call_later(60, print)
        async with lock, served:
            ready.set_result((asyncio.get_running_loop(), stop, failing))
            await stop.wait()
        listening.close()
        resting.set()
        await job
        pool.shutdown()
        beating.cancel()

    thread = threading.Thread(target=asyncio.run, args=[application()])
    thread.start()
    loop, stop, failing = ready.result()
    yield loop, failing
    loop.call_soon_threadsafe(stop.set)
    thread.join()


def test_uses_a_loop_in_a_thread(loop_in_a_thread):
    loop, _ = loop_in_a_thread
    waiting = asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "here"), loop)

    assert waiting.result() == "here"


async def test_uses_a_loop_in_a_thread_from_another(loop_in_a_thread):
    loop, _ = loop_in_a_thread
    waiting = asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "there"), loop)

    assert await asyncio.wrap_future(waiting) == "there"


@pytest.mark.parametrize("time", range(20))
async def test_sees_it_fail(loop_in_a_thread, time):
    loop, failing = loop_in_a_thread
    waiting = asyncio.run_coroutine_threadsafe(failing(), loop)
    with pytest.raises(ValueError):
        await asyncio.wrap_future(waiting)


async def test_looks_away_while_it_fails(loop_in_a_thread):
    loop, failing = loop_in_a_thread
    made = asyncio.run_coroutine_threadsafe(failing(), loop)
    with pytest.raises(ValueError):
        await asyncio.to_thread(made.result)


async def test_real_fault_beside_them():
    stop = threading.Event()
    threading.Thread(target=stop.wait, daemon=True).start()  # guilty: running_thread


@pytest_asyncio.fixture
async def timer_of_a_fixture():
    timer = threading.Timer(60, print)
    timer.start()
    yield timer
    timer.cancel()


async def test_has_a_timer_that_is_cancelled(timer_of_a_fixture):
    assert timer_of_a_fixture.is_alive()


async def test_waits_for_a_timer():
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    threading.Timer(0.4, lambda: loop.call_soon_threadsafe(heard.set)).start()
    await heard.wait()


async def test_waits_for_a_slow_job():
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.4)
