# system: linux
# loop: asyncio
"""On virtual time an hour takes a moment; a short sleep is nobody's loss."""

import asyncio

import pytest


async def steep(tea):
    await asyncio.sleep(3600)
    return f"a cup of {tea}"


async def test_brews_tea(virtual_clock):
    assert await steep("sencha") == "a cup of sencha"


@pytest.mark.virtual_clock
async def test_brews_it_in_time():
    await asyncio.wait_for(steep("gyokuro"), 3601)


async def test_pours_it():
    await asyncio.sleep(0.01)
