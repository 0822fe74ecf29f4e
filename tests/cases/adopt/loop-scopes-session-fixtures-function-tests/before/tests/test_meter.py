import asyncio

import pytest
import pytest_asyncio

from meter import Meter


@pytest_asyncio.fixture(scope="session")
async def meter():
    return Meter()


@pytest.mark.asyncio(loop_scope="session")
async def test_same_loop(meter):
    assert meter.loop is asyncio.get_running_loop()


@pytest.mark.asyncio
async def test_other_loop(meter):
    assert meter.loop is not asyncio.get_running_loop()
