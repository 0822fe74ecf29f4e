"""A test that needs another current loop for a while puts the shared one back."""

import asyncio

import pytest

pytestmark = pytest.mark.usefixtures("module_scoped_event_loop")


async def answer():
    return 42


def test_works_without_a_current_loop():
    shared = asyncio.get_event_loop()

    asyncio.set_event_loop(None)
    asyncio.set_event_loop(shared)


def test_relies_on_the_current_loop():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
