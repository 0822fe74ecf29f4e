import asyncio

import pytest


@pytest.fixture
def standard_event_loop():
    loop = asyncio.new_event_loop()
    loop.name = "ours since 2019"
    yield loop
    loop.close()
