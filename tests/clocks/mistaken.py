"""Markers that mean nothing."""

import pytest


@pytest.mark.virtual_clock("yes")
async def test_a_word():
    pass


@pytest.mark.virtual_clock(start=5)
async def test_a_name():
    pass


@pytest.mark.virtual_clock(otherwise="hope")
async def test_an_otherwise():
    pass


@pytest.mark.virtual_clock
def test_sync():
    pass


async def test_right(virtual_clock):
    pass
