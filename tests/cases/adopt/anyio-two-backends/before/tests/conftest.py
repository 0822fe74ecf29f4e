import pytest


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
async def library(anyio_backend):
    import sniffio

    yield sniffio.current_async_library()
