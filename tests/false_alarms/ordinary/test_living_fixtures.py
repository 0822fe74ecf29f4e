"""What fixtures of a wider scope begin lives on, also what it begins during a test."""

import asyncio
import contextlib
import contextvars
import signal
import socket

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORD = contextvars.ContextVar("WORD", default="none")


async def greet(reader, writer):
    """Serve a client for as long as it is there, with a task for each line."""
    with contextlib.suppress(ConnectionError):
        while line := await reader.readline():
            answering = asyncio.create_task(answer(writer, line))
            await asyncio.sleep(0)
            await answering
    writer.close()


async def answer(writer, line):
    await asyncio.sleep(0)
    writer.write(b"hello " + line)
    await writer.drain()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server():
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def client(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    await writer.wait_closed()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kept_client(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("word", [b"you\n", b"world\n"])
async def test_greets(client, word):
    reader, writer = client
    writer.write(word)

    assert await reader.readline() == b"hello " + word


@pytest.mark.parametrize("word", [b"you\n", b"world\n"])
async def test_greets_one_who_stays(kept_client, word):
    reader, writer = kept_client
    writer.write(word)
    while (line := await reader.readline()) == b"hello late\n":
        pass

    assert line == b"hello " + word


async def test_greets_one_who_does_not_wait_for_the_answer(kept_client):
    _, writer = kept_client
    writer.write(b"late\n")
    await asyncio.sleep(0)


class Bus:
    """Starts a task for each message, and keeps it."""

    def __init__(self):
        self.messages = asyncio.Queue()
        self.handling = []
        self.serving = asyncio.create_task(self.serve())

    async def serve(self):
        while True:
            message = await self.messages.get()
            self.handling.append(asyncio.create_task(self.handle(message)))
            self.messages.task_done()

    async def handle(self, message):
        if message is None:
            raise ValueError("no message")
        await asyncio.sleep(message)

    async def stop(self):
        for task in [self.serving, *self.handling]:
            task.cancel()
        return await asyncio.gather(
            self.serving, *self.handling, return_exceptions=True
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bus():
    bus = Bus()
    yield bus
    results = await bus.stop()
    assert any(isinstance(each, ValueError) for each in results)


async def test_sends_what_takes_long(bus):
    await bus.messages.put(60)
    await bus.messages.join()


async def test_sends_what_fails(bus):
    await bus.messages.put(None)
    await bus.messages.join()
    await asyncio.sleep(0)


async def test_sends_what_fails_and_ends_at_once(bus):
    await bus.messages.put(None)


async def test_real_error_beside_a_living_fixture(bus):
    async def fail():
        raise ValueError("nobody sees this")  # guilty: task_failed_unseen

    kept = asyncio.create_task(fail())
    await asyncio.sleep(0)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def numbers():
    async def count():
        number = 0
        while True:
            number += 1
            yield number

    async with contextlib.aclosing(count()) as counting:
        yield counting


async def test_counts(numbers):
    assert await anext(numbers) > 0


async def test_counts_on(numbers):
    assert await anext(numbers) > 0


@pytest.fixture(scope="module")
def settings():
    """A socket, a signal handler and a context variable of a sync fixture's."""
    token = WORD.set("all day")
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
    signal.signal(signal.SIGHUP, before)
    WORD.reset(token)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def loop_settings():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, print)
    timer = loop.call_later(60, print)
    lock = asyncio.Lock()
    await lock.acquire()
    yield lock
    lock.release()
    timer.cancel()
    loop.remove_signal_handler(signal.SIGUSR1)


async def test_has_settings(settings, loop_settings):
    assert WORD.get() == "all day"


@pytest.fixture
def word_of_the_day(settings):
    return WORD.get()


async def test_has_settings_by_way_of_a_fixture(word_of_the_day):
    assert word_of_the_day == "all day"


async def test_has_settings_again(settings, loop_settings):
    assert loop_settings.locked()


async def test_real_fault_beside_a_living_fixture(bus):
    asyncio.create_task(asyncio.sleep(60))  # guilty: pending_task
