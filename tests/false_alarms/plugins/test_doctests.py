"""Doctests that use asyncio.

>>> import asyncio
>>> asyncio.run(asyncio.sleep(0, "slept"))
'slept'
"""

import asyncio


def greet(name):
    """Greet.

    >>> async def main():
    ...     return await asyncio.create_task(asyncio.sleep(0, greet("you")))
    >>> asyncio.run(main())
    'hello you'
    """
    return f"hello {name}"


async def test_greets():
    assert greet("all") == "hello all"
