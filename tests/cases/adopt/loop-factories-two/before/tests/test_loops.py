import asyncio


async def test_loop(request):
    name = type(asyncio.get_running_loop()).__name__.removesuffix("Loop").lower()
    assert name in request.node.name
