"""`aclosing` closes the generator where the loop over it ends."""

import asyncio
from contextlib import aclosing


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

    async with aclosing(lines(opened)) as reading:
        async for line in reading:
            break

    assert line == "first"
    assert opened == []


async def test_reads_all_lines():
    opened = []

    assert [line async for line in lines(opened)] == ["first", "second"]
    assert opened == []


async def test_makes_a_generator_and_never_starts_it():
    assert lines([])
