# check: open_generator
# guilty: test_reads_the_first_line
# text: lines
"""A loop over an async generator breaks off: when its `finally` runs is anyone's guess."""

import asyncio


async def lines(opened):
    opened.append("file")
    try:
        yield "first"
        yield "second"
    finally:
        await asyncio.sleep(0)
        opened.remove("file")


async def test_reads_the_first_line():
    opened = []

    async for line in lines(opened):  # guilty
        break

    assert line == "first"


async def test_reads_all_lines():
    opened = []

    assert [line async for line in lines(opened)] == ["first", "second"]
    assert opened == []
