# check: hang
# guilty: test_eats_with_knife_and_fork
# text: knife_first
# text: fork_first
# lines: all
"""Two tasks each hold the lock that the other one waits for."""

import asyncio


async def knife_first(knife, fork):
    async with knife:
        await asyncio.sleep(0)
        async with fork:  # guilty
            pass


async def fork_first(knife, fork):
    async with fork:
        await asyncio.sleep(0)
        async with knife:  # guilty
            pass


async def test_eats_with_knife_and_fork():
    knife, fork = asyncio.Lock(), asyncio.Lock()

    await asyncio.gather(knife_first(knife, fork), fork_first(knife, fork))


async def test_eats_with_the_fingers():
    await asyncio.sleep(0)
