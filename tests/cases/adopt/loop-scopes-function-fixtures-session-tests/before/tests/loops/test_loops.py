import asyncio

loops = set()


async def test_first():
    loops.add(asyncio.get_running_loop())


async def test_second():
    loops.add(asyncio.get_running_loop())
    assert len(loops) == 1
