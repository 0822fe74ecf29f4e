# check: long_sleep
# guilty: test_brews_tea
# warns: yes
# system: linux
# text: seconds in all for nothing but time to pass
# text: virtual_clock
"""A real sleep: everybody waits for it in every run, and nothing happens meanwhile."""

import asyncio


async def steep(tea):
    await asyncio.sleep(1.2)  # guilty
    return f"a cup of {tea}"


async def test_brews_tea():
    assert await steep("sencha") == "a cup of sencha"


async def test_pours_it():
    await asyncio.sleep(0.01)
