# check: never_awaited
# guilty: test_greets_a_new_customer
# text: AsyncMock
"""The code under test forgets to await, and the mock says that it was called once."""

from unittest.mock import AsyncMock


async def welcome(customer, mailer):
    mailer.send(f"Dear {customer}")  # guilty


async def test_greets_a_new_customer():
    mailer = AsyncMock()

    await welcome("Ada", mailer)

    mailer.send.assert_called_once()


async def test_has_nothing_to_do_with_it():
    mailer = AsyncMock()

    await mailer.send("Dear Grace")

    mailer.send.assert_awaited_once()
