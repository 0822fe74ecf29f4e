"""unittest's own async tests."""

import asyncio
import contextvars
import unittest

WORD = contextvars.ContextVar("WORD")


class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        async def serve(reader, writer):
            writer.write(await reader.readline())
            writer.close()

        WORD.set("set up")
        self.ticking = asyncio.create_task(asyncio.sleep(60))
        self.server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.lock = asyncio.Lock()
        await self.lock.acquire()

    async def asyncTearDown(self):
        self.lock.release()
        self.server.close()
        await self.server.wait_closed()
        self.ticking.cancel()

    async def test_echoes(self):
        address = self.server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"line\n")
        assert await reader.read() == b"line\n"
        writer.close()
        await writer.wait_closed()

    async def test_has_what_was_set_up(self):
        assert WORD.get() == "set up"
        assert await asyncio.to_thread(int) == 0

    async def test_runs_subtests(self):
        for number in range(3):
            with self.subTest(number=number):
                await asyncio.sleep(0)

    async def test_is_skipped(self):  # skipped
        asyncio.create_task(asyncio.sleep(60))
        self.skipTest("there is no such thing here")


class TestSync(unittest.TestCase):
    def test_runs_a_loop(self):
        self.assertEqual(asyncio.run(asyncio.sleep(0, 1)), 1)
