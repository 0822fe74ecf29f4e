import asyncio

import pytest

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def frequencies():
    return []


async def test_tune(frequencies):
    await asyncio.sleep(0)
    frequencies.append(100.5)
    assert frequencies
