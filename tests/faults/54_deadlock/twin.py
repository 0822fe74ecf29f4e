"""All tasks take the locks in the same order."""

import asyncio


async def eat(knife, fork):
    async with knife:
        await asyncio.sleep(0)
        async with fork:
            await asyncio.sleep(0)


async def test_eats_with_knife_and_fork():
    knife, fork = asyncio.Lock(), asyncio.Lock()

    await asyncio.gather(eat(knife, fork), eat(knife, fork))
