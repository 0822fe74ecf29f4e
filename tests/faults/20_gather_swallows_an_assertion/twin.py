"""Failures are returned only where the test looks at them."""

import asyncio


async def serve(temperature):
    if temperature != "hot":
        raise ValueError(temperature)
    return temperature


async def test_serves_every_customer():
    await asyncio.gather(serve("hot"), serve("hot"))


async def test_tells_who_was_served_and_who_was_not():
    served, refused = await asyncio.gather(
        serve("hot"), serve("cold"), return_exceptions=True
    )

    assert served == "hot"
    assert isinstance(refused, ValueError)
