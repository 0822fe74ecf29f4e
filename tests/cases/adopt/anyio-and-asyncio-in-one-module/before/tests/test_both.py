import asyncio

import pytest
import sniffio


@pytest.fixture
def anyio_backend():
    return "trio"


@pytest.mark.anyio
async def test_on_trio():
    assert sniffio.current_async_library() == "trio"


@pytest.mark.asyncio
async def test_on_asyncio():
    assert asyncio.get_running_loop()
    assert sniffio.current_async_library() == "asyncio"


@pytest.mark.skip(reason="no marker, no library")
async def test_on_nothing():
    raise AssertionError
