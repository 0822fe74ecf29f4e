import pytest
import sniffio

from courier import deliver

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


async def test_deliver(anyio_backend):
    assert await deliver("ab") == ["a", "b"]
    assert sniffio.current_async_library() == anyio_backend
