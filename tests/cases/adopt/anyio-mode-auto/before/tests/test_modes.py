import sniffio


async def test_unmarked(anyio_backend_name):
    assert sniffio.current_async_library() == anyio_backend_name
