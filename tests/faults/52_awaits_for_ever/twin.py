"""What the test waits for comes, and would be missed after a while."""

import asyncio


async def read_the_paper(delivered):
    await delivered.wait()
    return "news"


async def test_waits_for_news():
    delivered = asyncio.Event()
    paper = asyncio.create_task(read_the_paper(delivered))

    delivered.set()

    assert await asyncio.wait_for(paper, 60) == "news"
