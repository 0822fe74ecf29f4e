"""An async test needs no decorator of its own in auto mode or in a marked module."""

import asyncio

import pytest

# Needed in strict mode only: in auto mode (see the settings) it may be left out.
pytestmark = pytest.mark.asyncio


async def test_an_undecorated_test_runs_in_an_event_loop() -> None:
    """Without a running loop, `get_running_loop` raises."""
    assert asyncio.get_running_loop().is_running()


class TestGroup:
    """A class needs nothing either: the mark reaches its methods."""

    async def test_an_undecorated_method_runs_in_an_event_loop(self) -> None:
        """Group tests in a class when they share a subject, not for asyncio's sake."""
        assert asyncio.get_running_loop().is_running()
