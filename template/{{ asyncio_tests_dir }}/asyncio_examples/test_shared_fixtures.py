"""A shared fixture names how long it is kept, and on which loop it lives."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio


class Pool:
    """Stand in for what is worth sharing, and is tied to the loop it was made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def fetch(self) -> str:
        """Fail with `attached to a different loop` when awaited on another one."""
        answer: asyncio.Future[str] = self._loop.create_future()
        self._loop.call_soon(answer.set_result, "row")
        return await answer


@pytest.fixture(scope="module")
def opened() -> list[Pool]:
    """Record the open pools of this module, to show how many there are."""
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_pool(opened: list[Pool]) -> AsyncIterator[Pool]:
    """Kept for the tests of this module, and ended after the last of them."""
    pool = Pool()
    opened.append(pool)
    yield pool
    opened.remove(pool)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_module_fixture_is_awaited_on_the_loop_of_the_module(
    module_pool: Pool,
) -> None:
    """Fixture and test name the same loop_scope, so that they get the same loop."""
    assert await module_pool.fetch() == "row"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_module_fixture_is_made_once(
    module_pool: Pool, opened: list[Pool]
) -> None:
    """That is the gain; the price is that tests see what others left in it."""
    assert opened == [module_pool]


@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def class_pool() -> Pool:
    """Kept for the tests of one class."""
    return Pool()


@pytest.mark.asyncio(loop_scope="class")
class TestClass:
    """One mark gives the loop of the class to all its methods."""

    async def test_a_class_fixture_is_awaited_on_the_loop_of_the_class(
        self, class_pool: Pool
    ) -> None:
        """Choose this when a few tests share what the rest of the module must not."""
        assert await class_pool.fetch() == "row"

    async def test_the_methods_share_that_loop(self, class_pool: Pool) -> None:
        """Whichever method runs second finds the pool as usable as the first did."""
        assert await class_pool.fetch() == "row"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def session_pool() -> Pool:
    """Kept for the whole run; under pytest-xdist, for the run of one worker."""
    return Pool()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_session_fixture_is_awaited_on_the_loop_of_the_session(
    session_pool: Pool,
) -> None:
    """Move such a fixture to conftest.py when several modules use it."""
    assert await session_pool.fetch() == "row"
