"""The code under test awaits, and the test asks whether it did."""

from unittest.mock import AsyncMock


async def welcome(customer, mailer):
    await mailer.send(f"Dear {customer}")


async def test_greets_a_new_customer():
    mailer = AsyncMock()

    await welcome("Ada", mailer)

    mailer.send.assert_awaited_once_with("Dear Ada")
