"""A wait that may never end gets a limit, so that a bug fails its test at once."""

import asyncio
import functools

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio


async def find_user(number: int = 1) -> str:
    """Stand in for the code under test."""
    return f"user {number}"


async def wait_for_ever() -> None:
    """Stand in for a bug: nobody sets this event."""
    await asyncio.Event().wait()


async def test_a_coroutine_is_awaited_within_its_limit() -> None:
    """The result comes through, so the limit wraps a call without changing the test."""
    assert await run_with_timeout(find_user(7), timeout=1) == "user 7"


async def test_a_callable_is_called_and_its_result_awaited() -> None:
    """Functions, partials, lambdas and bound methods may be passed uncalled."""
    assert await run_with_timeout(find_user, timeout=1) == "user 1"
    assert (
        await run_with_timeout(functools.partial(find_user, 7), timeout=1) == "user 7"
    )


async def test_what_exceeds_its_limit_is_named_in_the_error() -> None:
    """A report that names the wait saves the search for it."""
    with pytest.raises(TimeoutError, match="wait_for_ever"):
        await run_with_timeout(wait_for_ever(), timeout=0.01)


async def test_the_suite_has_one_default_limit(async_test_timeout: float) -> None:
    """Set `asyncio_test_timeout` in the settings once, say for a slow build machine."""
    assert await run_with_timeout(find_user, timeout=async_test_timeout) == "user 1"
