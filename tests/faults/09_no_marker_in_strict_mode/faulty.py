# check: -
# guilty: test_adds_up
# text: asyncio
# mode: strict
"""In strict mode nobody runs an async test that has no marker: pytest refuses it."""

import pytest


async def add(left, right):
    return left + right


async def test_adds_up():  # guilty
    assert await add(1, 1) == 2


@pytest.mark.asyncio
async def test_has_a_marker():
    assert await add(1, 1) == 2
