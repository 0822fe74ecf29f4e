"""A test that anyio runs, on a loop of its own."""

import pytest


@pytest.mark.anyio
async def test_of_anyio(virtual_clock):
    pass
