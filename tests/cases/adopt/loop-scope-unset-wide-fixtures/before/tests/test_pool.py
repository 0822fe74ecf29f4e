import asyncio

import pytest_asyncio


class Pool:
    def __init__(self):
        self.loop = asyncio.get_running_loop()


@pytest_asyncio.fixture(scope="module")
async def pool():
    return Pool()


class TestPool:
    async def test_pool_has_a_loop_of_its_own(self, pool):
        assert pool.loop is not asyncio.get_running_loop()

    async def test_it_is_shared(self, pool):
        assert not pool.loop.is_closed()
