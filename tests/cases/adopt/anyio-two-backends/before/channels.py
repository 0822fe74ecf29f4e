import anyio


async def first(*functions):
    with anyio.move_on_after(5):
        return await functions[0]()
