"""Tests and fixtures that pytest-trio runs."""

import pytest
import trio


@pytest.fixture
async def listeners():
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    yield listeners
    for each in listeners:
        await each.aclose()


@pytest.mark.trio
async def test_serves(listeners, nursery):
    async def echo(stream):
        await stream.send_all(await stream.receive_some(1))

    nursery.start_soon(trio.serve_listeners, echo, listeners)
    async with await trio.open_tcp_stream(*listeners[0].socket.getsockname()) as client:
        await client.send_all(b"1")
        assert await client.receive_some(1) == b"1"
    nursery.cancel_scope.cancel()


@pytest.mark.trio
async def test_uses_threads():
    assert await trio.to_thread.run_sync(int, "1") == 1


@pytest.mark.trio
async def test_runs_a_process():
    assert (await trio.run_process(["true"])).returncode == 0


@pytest.mark.trio
async def test_turns_the_clock(autojump_clock):
    await trio.sleep(60)


@pytest.mark.trio
async def test_leaves_a_background_task(nursery):
    nursery.start_soon(trio.sleep_forever)
    await trio.sleep(0)
