# needs: 3.11
"""The test says what is in the group that it expects: one error, and no other."""

import asyncio

import pytest


async def refuse():
    raise ValueError("cold")


async def check(ingredient):
    assert ingredient == "sugar"


async def test_refuses_cold_tea():
    with pytest.RaisesGroup(pytest.RaisesExc(ValueError, match="cold")):
        async with asyncio.TaskGroup() as group:
            group.create_task(refuse())
            group.create_task(check("sugar"))


async def test_looks_into_the_group():
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            group.create_task(refuse())

    assert [str(each) for each in caught.value.exceptions] == ["cold"]
