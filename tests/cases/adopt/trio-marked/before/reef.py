import trio


async def grow(coral):
    await trio.sleep(0)
    return coral + 1
