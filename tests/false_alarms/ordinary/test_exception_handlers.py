"""A fixture's exception handler lives on, and hears what the net would have found."""

import asyncio

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def heard():
    heard = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: heard.append(context))
    yield heard
    loop.set_exception_handler(None)


async def test_has_its_own_way_with_errors(heard):
    heard.clear()
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)

    assert len(heard) == 1


async def test_comes_after_it():
    await asyncio.sleep(0)
