"""Parameters work for async tests and async fixtures as they do for sync ones."""

import asyncio

import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio


async def divide(dividend: int, divisor: int) -> float:
    """Stand in for the code under test."""
    return dividend / divisor


@pytest.mark.parametrize(
    ("dividend", "divisor", "quotient"),
    [
        pytest.param(6, 3, 2.0, id="evenly"),
        pytest.param(1, 2, 0.5, id="to a fraction"),
        pytest.param(-6, 3, -2.0, id="below zero"),
    ],
)
async def test_division(dividend: int, divisor: int, quotient: float) -> None:
    """Each row is a test of its own, with an id that explains it."""
    assert await divide(dividend, divisor) == quotient


@pytest_asyncio.fixture(params=[0, 1, 100], ids="{} waiting".format)
async def queue(request: pytest.FixtureRequest) -> asyncio.Queue[int]:
    """Every test that asks for it runs once for each parameter."""
    queue: asyncio.Queue[int] = asyncio.Queue()
    for number in range(request.param):
        await queue.put(number)
    return queue


async def test_what_is_put_last_comes_out_last(queue: asyncio.Queue[int]) -> None:
    """A claim about every queue, tried on an empty, a short and a long one."""
    await queue.put(-1)

    taken = [await queue.get() for _ in range(queue.qsize())]

    assert taken[-1] == -1
