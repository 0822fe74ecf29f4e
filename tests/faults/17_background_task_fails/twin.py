"""The task is awaited, or its failure looked at."""

import asyncio

import pytest


async def print_receipt():
    raise RuntimeError("out of paper")


async def test_orders_and_prints():
    printing = asyncio.create_task(print_receipt())

    with pytest.raises(RuntimeError, match="out of paper"):
        await printing


async def test_orders_and_looks_later():
    printing = asyncio.create_task(print_receipt())

    await asyncio.wait([printing])

    assert str(printing.exception()) == "out of paper"
