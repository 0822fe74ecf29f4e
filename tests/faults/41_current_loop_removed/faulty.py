# check: current_loop
# guilty: test_tidies_up_too_much
# text: set_event_loop
"""A test takes the current loop away from the tests that it shares it with."""

import asyncio

import pytest

pytestmark = pytest.mark.usefixtures("module_scoped_event_loop")


async def answer():
    return 42


def test_tidies_up_too_much():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42

    asyncio.set_event_loop(None)  # guilty


def test_relies_on_the_current_loop():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42


def test_relies_on_the_current_loop_as_well():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
