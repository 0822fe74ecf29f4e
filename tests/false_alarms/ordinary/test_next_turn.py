"""What ends in the very next turns of the loop, or has just ended."""

import asyncio
import concurrent.futures
import threading

import pytest


async def test_leaves_a_task_that_ends_at_once():
    asyncio.create_task(asyncio.sleep(0))


async def test_leaves_a_cancelled_task():
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()


async def test_leaves_a_task_that_never_began():
    asyncio.create_task(asyncio.sleep(60)).cancel()


async def test_leaves_a_chain_of_tasks():
    async def chain(number):
        if number:
            await asyncio.create_task(chain(number - 1))

    asyncio.create_task(chain(2))


async def test_sets_an_event_as_its_last_deed():
    event = asyncio.Event()
    asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    event.set()


async def test_leaves_a_callback_that_is_due():
    asyncio.get_running_loop().call_soon(int)


async def test_leaves_a_timer_that_was_cancelled():
    asyncio.get_running_loop().call_later(60, int).cancel()


async def test_runs_into_a_limit():
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)


async def test_leaves_a_thread_that_is_about_to_end():
    stop = threading.Event()
    threading.Thread(target=stop.wait).start()
    stop.set()


async def test_closes_a_connection_and_does_not_wait():
    async def serve(reader, writer):
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()


async def test_leaves_a_job_that_was_cancelled_before_it_began():
    hold = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        loop = asyncio.get_running_loop()
        holding = loop.run_in_executor(pool, hold.wait)
        loop.run_in_executor(pool, int).cancel()
        hold.set()
        await holding


async def test_cancels_itself():
    task = asyncio.current_task()
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.sleep(60)
    if hasattr(task, "uncancel"):
        task.uncancel()


async def test_expects_an_error_of_a_task():
    async def fail():
        raise ValueError

    task = asyncio.create_task(fail())
    done, _ = await asyncio.wait([task])
    assert isinstance(task.exception(), ValueError)


async def test_shields():
    inner = asyncio.create_task(asyncio.sleep(0.01, "done"))
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.shield(inner), 0)

    assert await inner == "done"


async def test_real_fault_takes_longer():
    asyncio.create_task(asyncio.sleep(0.5))  # guilty: pending_task


async def count():
    try:
        yield 1
        yield 2
    finally:
        await asyncio.sleep(0)


KEPT = []


@pytest.mark.asyncio(loop_scope="function")
async def test_real_generator_is_kept():
    KEPT.append(count())
    assert await anext(KEPT[-1]) == 1  # guilty: open_generator
