"""The decorator marks one async test: use it in modules that hold sync tests too."""

import pytest


async def greet(name: str) -> str:
    """Stand in for the code under test."""
    return f"Hello, {name}"


def shorten(greeting: str) -> str:
    """Stand in for sync code under test."""
    return greeting.partition(",")[0]


@pytest.mark.asyncio
async def test_a_decorated_test_is_awaited() -> None:
    """The test awaits the code, then compares what it returned like any other value."""
    greeting = await greet("Ada")

    assert greeting == "Hello, Ada"


def test_a_sync_test_beside_it_stays_undecorated() -> None:
    """The mark is for async tests: pytest-asyncio warns when a sync test has it."""
    assert shorten("Hello, Ada") == "Hello"
