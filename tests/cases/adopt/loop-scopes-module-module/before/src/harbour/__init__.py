import asyncio


async def dock(ship):
    await asyncio.sleep(0)
    return f"{ship} is docked"
