# check: hang
# guilty: test_waits_for_news
# text: read_the_paper
# text: hear_the_radio
# lines: all
"""A test waits for two tasks, both of which wait for what never comes."""

import asyncio


async def delivery():
    await asyncio.Event().wait()  # guilty


async def read_the_paper():
    await delivery()  # guilty


async def hear_the_radio():
    await asyncio.get_running_loop().create_future()  # guilty


async def test_waits_for_news():
    paper = asyncio.create_task(read_the_paper())  # guilty
    radio = asyncio.create_task(hear_the_radio())  # guilty

    await asyncio.wait([paper, radio])  # guilty


async def test_has_nothing_to_do_with_it():
    await asyncio.sleep(0)
