"""A sync setup_method, and an async fixture for what has to be awaited."""

import asyncio

import pytest


class TestBasket:
    def setup_method(self):
        self.goods = ()

    @pytest.fixture(autouse=True)
    async def opened(self):
        await asyncio.sleep(0)
        self.is_open = True
        yield
        self.is_open = False

    async def test_starts_with_an_empty_basket(self):
        assert self.goods == ()
        assert self.is_open
