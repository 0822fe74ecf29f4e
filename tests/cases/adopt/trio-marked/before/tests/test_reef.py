import pytest
import sniffio

from reef import grow


@pytest.mark.trio
async def test_grow(autojump_clock):
    assert await grow(1) == 2
    assert sniffio.current_async_library() == "trio"
