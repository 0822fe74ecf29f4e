"""An AsyncMock stands in for async code, and knows whether it was awaited."""

from typing import Protocol
from unittest.mock import AsyncMock, call

import pytest

pytestmark = pytest.mark.asyncio


class Mailer(Protocol):
    """What the code under test needs from the outside world."""

    async def send(self, address: str, text: str) -> bool:
        """Return whether the letter was accepted."""
        ...


async def welcome(mailer: Mailer, *addresses: str) -> list[str]:
    """Stand in for the code under test: return the addresses that were refused."""
    return [one for one in addresses if not await mailer.send(one, "Welcome")]


async def test_a_mock_answers_once_awaited() -> None:
    """`spec` keeps it honest: a method that Mailer lacks is an error."""
    mailer = AsyncMock(spec=Mailer)
    mailer.send.return_value = True

    assert await welcome(mailer, "ada@example.com") == []

    mailer.send.assert_awaited_once_with("ada@example.com", "Welcome")


async def test_a_mock_answers_differently_from_call_to_call() -> None:
    """`side_effect` lists the answers in turn; an exception among them is raised."""
    mailer = AsyncMock(spec=Mailer)
    mailer.send.side_effect = [False, True, ConnectionError("gone")]

    assert await welcome(mailer, "ada@example.com", "grace@example.com") == [
        "ada@example.com"
    ]
    with pytest.raises(ConnectionError, match="gone"):
        await welcome(mailer, "edsger@example.com")

    assert mailer.send.await_args_list == [
        call("ada@example.com", "Welcome"),
        call("grace@example.com", "Welcome"),
        call("edsger@example.com", "Welcome"),
    ]


async def test_only_assert_awaited_notices_a_forgotten_await() -> None:
    """So prefer `assert_awaited_once` to `assert_called_once` for async code."""
    send = AsyncMock()

    forgotten = send("ada@example.com")

    send.assert_called_once()
    with pytest.raises(AssertionError, match="to have been awaited once"):
        send.assert_awaited_once()
    await forgotten
