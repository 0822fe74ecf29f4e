# mode: strict
"""The async tests have the marker that strict mode asks for."""

import pytest


async def add(left, right):
    return left + right


@pytest.mark.asyncio
async def test_adds_up():
    assert await add(1, 1) == 2


def test_is_sync():
    assert add
