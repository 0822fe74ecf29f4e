"""An async fixture opens what a test needs, and closes it when the test is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Tests and fixtures name the same loop_scope: so they share a loop, whatever the
# suite's defaults are.
pytestmark = pytest.mark.asyncio(loop_scope="function")


class Mailbox:
    """Stand in for something that is opened on a loop and must be closed."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.letters: list[str] = []
        self.is_open = True

    async def send(self, letter: str) -> None:
        """Keep a letter."""
        self.letters.append(letter)

    async def aclose(self) -> None:
        """Throw the letters away."""
        self.letters.clear()
        self.is_open = False


# In auto mode `pytest.fixture` would do; in strict mode it must be this one.
@pytest_asyncio.fixture(loop_scope="function")
async def mailbox() -> AsyncIterator[Mailbox]:
    """What stands after `yield` runs when the test is over, passed or failed."""
    mailbox = Mailbox()
    yield mailbox
    await mailbox.aclose()


@pytest_asyncio.fixture(loop_scope="function")
async def letter(mailbox: Mailbox) -> str:
    """Fixtures may build on one another, and return when there is nothing to close."""
    await mailbox.send("Dear reader")
    return "Dear reader"


async def test_a_fixture_lives_on_the_loop_of_its_test(mailbox: Mailbox) -> None:
    """So what the fixture made there can be awaited in the test."""
    assert mailbox.loop is asyncio.get_running_loop()


async def test_fixtures_of_one_test_share_what_they_build_on(
    mailbox: Mailbox, letter: str
) -> None:
    """Within a test, a fixture is made once and given to all who ask for it."""
    assert mailbox.letters == [letter]


async def test_every_test_gets_a_new_one(mailbox: Mailbox) -> None:
    """Nothing that another test did can be seen, so the tests pass in any order."""
    assert mailbox.is_open
    assert not mailbox.letters
