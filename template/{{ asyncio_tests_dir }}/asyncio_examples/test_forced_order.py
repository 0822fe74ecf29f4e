"""What a race does in one order only is tested in that order, in every run."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import Sequencer, run_with_timeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# copier: endfilter
pytestmark = pytest.mark.asyncio


class PriceTag:
    """Stand in for the code under test: it shows what was asked for last."""

    def __init__(self) -> None:
        self.price = 0
        self._asked = 0

    async def refresh(self, fetch: Callable[[], Awaitable[int]]) -> None:
        """Ask for the price, and show it unless somebody has asked again since."""
        self._asked += 1
        asked = self._asked
        price = await fetch()
        if asked == self._asked:
            self.price = price


class Document:
    """Stand in for the code under test: a save must not undo another one's."""

    def __init__(self) -> None:
        self.text = ""
        self.version = 0

    async def save(self, text: str, based_on: int) -> bool:
        """Replace the text, unless it has changed since it was read."""
        if based_on != self.version:
            return False
        self.text, self.version = text, based_on + 1
        return True


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
async def test_an_older_answer_never_replaces_a_newer_one(
    first: int, second: int
) -> None:
    """Bodies run by their numbers, whichever task comes to its own first."""
    answers, tag = Sequencer(), PriceTag()

    async def fetch(price: int, position: int) -> int:
        async with answers(position):
            return price

    refreshes = [
        tag.refresh(partial(fetch, 10, first)),
        tag.refresh(partial(fetch, 20, second)),
    ]
    await run_with_timeout(asyncio.gather(*refreshes))

    assert tag.price == 20


async def test_of_two_who_edit_at_once_the_second_is_refused() -> None:
    """Both have read before either saves: the one order that shows a lost update."""
    steps, document = Sequencer(), Document()

    async def edit(text: str, read_at: int, save_at: int) -> bool:
        async with steps(read_at):
            version = document.version
        async with steps(save_at):
            return await document.save(text, based_on=version)

    edits = asyncio.gather(edit("Ada's", 0, 2), edit("Grace's", 1, 3))

    assert [*await run_with_timeout(edits)] == [True, False]
    assert document.text == "Ada's"
