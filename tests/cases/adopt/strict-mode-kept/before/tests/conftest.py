import asyncio

import pytest_asyncio


@pytest_asyncio.fixture
async def queue():
    return asyncio.Queue(maxsize=2)
