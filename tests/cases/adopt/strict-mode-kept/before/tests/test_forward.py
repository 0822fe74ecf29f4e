import pytest

from relay import forward


@pytest.mark.asyncio
async def test_forward(queue):
    await forward("ab", queue)
    assert queue.full()
