# check: assertion_swallowed
# guilty: test_serves_every_customer
# text: 'cold' == 'hot'
"""`gather(return_exceptions=True)` returns a failed assertion, and nobody looks."""

import asyncio


async def serve(temperature):
    assert temperature == "hot"  # guilty


async def test_serves_every_customer():
    await asyncio.gather(serve("hot"), serve("cold"), return_exceptions=True)


async def test_serves_one_customer():
    await serve("hot")
