import asyncio

import pytest


@pytest.fixture(scope="session")
async def database():
    yield {"loop": asyncio.get_running_loop()}
