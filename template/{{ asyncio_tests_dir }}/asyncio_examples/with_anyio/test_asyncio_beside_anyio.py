"""Tests for asyncio alone stand beside those, and may call the same code."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip(
    "anyio", reason="anyio is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "trio", reason="trio is not installed: see the requirements of the tests"
)

import trio

from .mirrors import ask_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Nothing is shared, so each test has a loop of its own, whatever the defaults are.
pytestmark = pytest.mark.asyncio(loop_scope="function")


@pytest_asyncio.fixture(loop_scope="function")
async def answer() -> AsyncIterator[asyncio.Future[str]]:
    """Stand in for an asyncio library: a future belongs to the loop of its test."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    yield answer
    answer.cancel()


async def test_a_test_runs_on_asyncio_once() -> None:
    """The mark for asyncio keeps anyio's plugin from running it on trio as well."""
    assert asyncio.current_task()
    assert not trio.lowlevel.in_trio_run()


async def test_code_of_anyio_awaits_what_is_of_asyncio(
    answer: asyncio.Future[str],
) -> None:
    """On asyncio anyio starts no loop of its own: it uses the one that runs."""

    async def mirror() -> str:
        asyncio.get_running_loop().call_soon(answer.set_result, "page")
        return await answer

    assert await ask_all(mirror) == "page"


async def test_cancelling_the_task_ends_its_requests(
    answer: asyncio.Future[str],
) -> None:
    """What asyncio cancels, anyio's task group cancels in its turn."""
    asked = asyncio.Event()

    async def mirror() -> str:
        asked.set()
        return await answer

    request = asyncio.create_task(ask_all(mirror))
    await asked.wait()
    request.cancel()
    await asyncio.wait([request])

    assert request.cancelled()
    assert answer.cancelled()
