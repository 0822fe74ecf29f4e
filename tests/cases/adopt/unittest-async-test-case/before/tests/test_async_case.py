import asyncio
import unittest


class QueueTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.queue = asyncio.Queue()

    async def test_put(self):
        await self.queue.put(1)
        self.assertEqual(self.queue.qsize(), 1)

    def test_sync(self):
        self.assertTrue(self.queue.empty())
