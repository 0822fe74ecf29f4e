import anyio
import pytest
import sniffio

from channels import first

pytestmark = pytest.mark.anyio


async def one():
    return 1


async def test_first(anyio_backend, library):
    assert await first(one) == 1
    assert sniffio.current_async_library() == anyio_backend == library


async def test_cancelled(anyio_backend):
    assert anyio.get_cancelled_exc_class().__module__.startswith(anyio_backend)
