import pytest
import trio


@pytest.fixture
async def nursery_name():
    await trio.lowlevel.checkpoint()
    return "nursery"
