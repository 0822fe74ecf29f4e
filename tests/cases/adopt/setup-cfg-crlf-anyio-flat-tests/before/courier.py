import anyio


async def deliver(parcels):
    await anyio.sleep(0)
    return list(parcels)
