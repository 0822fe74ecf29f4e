"""What can never end. In comments, `# hangs` stands on lines that a report must name."""

import asyncio

import pytest
import pytest_asyncio

pytestmark = pytest.mark.virtual_clock


async def test_locks():
    first, second = asyncio.Lock(), asyncio.Lock()

    async def forwards():
        async with first:
            await asyncio.sleep(1)
            async with second:  # hangs
                pass

    async def backwards():
        async with second:
            await asyncio.sleep(1)
            async with first:  # hangs
                pass

    await asyncio.gather(forwards(), backwards())


async def test_event():
    await asyncio.sleep(3600)
    await asyncio.Event().wait()  # hangs


async def test_server_and_client_wait_for_each_other():
    async def serve(reader, writer):
        await reader.readline()  # hangs
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        reader, _writer = await asyncio.open_connection(*address)
        await reader.readline()  # hangs


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def jobs_of_another_loop():
    jobs = asyncio.Queue()

    async def work():
        while True:
            job = await jobs.get()
            job.set_result(None)

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    yield jobs
    working.cancel()


async def test_other_loop(jobs_of_another_loop):
    job = asyncio.get_running_loop().create_future()
    jobs_of_another_loop.put_nowait(job)
    await job  # hangs


@pytest_asyncio.fixture
async def never_there(virtual_clock):
    await asyncio.Event().wait()  # test_fixture_that_is_never_there


async def test_fixture_that_is_never_there(never_there):
    pass


@pytest_asyncio.fixture
async def never_gone(virtual_clock):
    yield
    await asyncio.Event().wait()  # test_fixture_that_is_never_gone


async def test_fixture_that_is_never_gone(never_gone):
    pass


@pytest.mark.virtual_clock(False)
def test_sync(standard_event_loop, virtual_clock):
    standard_event_loop.run_until_complete(asyncio.Event().wait())


async def test_that_ends():
    await asyncio.sleep(3600)
