# needs: 3.11
# check: assertion_swallowed
# guilty: test_refuses_cold_tea
# text: 'milk' == 'sugar'
"""An expected ExceptionGroup takes a sibling's failed assertion along."""

import asyncio

import pytest


async def refuse():
    raise ValueError("cold")


async def check(ingredient):
    assert ingredient == "sugar"  # guilty


async def test_refuses_cold_tea():
    with pytest.raises(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(refuse())
            group.create_task(check("milk"))


async def test_refuses():
    with pytest.raises(ValueError, match="cold"):
        await refuse()
