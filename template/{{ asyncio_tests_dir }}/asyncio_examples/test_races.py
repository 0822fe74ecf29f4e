"""What several tasks share is tested under many orders of them, not under one."""

from __future__ import annotations

import asyncio

import pytest

pytestmark = [
    pytest.mark.asyncio,
    # Only on asyncio's own event loops can tasks be reordered: not on uvloop's.
    pytest.mark.virtual_clock(otherwise="skip"),
]


class Tickets:
    """Stand in for the code under test: it looks, waits, and acts then."""

    def __init__(self, left: int) -> None:
        """Begin with some tickets."""
        self.left = left
        self._selling = asyncio.Lock()  # without it, the first test below fails

    async def sell(self) -> bool:
        """Sell one, if there is any; say whether there was."""
        async with self._selling:
            if not self.left:
                return False
            await asyncio.sleep(0.1)  # as long as the bank takes
            self.left -= 1
            return True


@pytest.fixture
def tickets() -> Tickets:
    """Offer two tickets: new ones for each order that is tried."""
    return Tickets(2)


@pytest.mark.interleavings
async def test_no_ticket_is_sold_twice(tickets: Tickets) -> None:
    """Up to a hundred orders are tried; the first that fails can be run again."""
    sold = await asyncio.gather(*(tickets.sell() for _ in range(3)))

    assert sold.count(True) == 2
    assert tickets.left == 0


@pytest.mark.interleavings(mode="systematic", preemptions=1)
async def test_whoever_comes_first_has_one(tickets: Tickets) -> None:
    """All orders are tried that deviate from asyncio's own once at most."""
    others = [asyncio.create_task(tickets.sell()) for _ in range(2)]

    assert any([await each for each in others])
    assert tickets.left == 0
