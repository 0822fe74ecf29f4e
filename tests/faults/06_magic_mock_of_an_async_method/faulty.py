# check: unawaitable_mock
# guilty: test_orders_without_a_word
# text: MagicMock
"""An async method is patched with MagicMock, which nobody can await.

The TypeError never shows: the code under test takes it for a failure of the mailer's.
"""

from unittest.mock import MagicMock, patch


class Mailer:
    async def send(self, text):
        raise NotImplementedError


async def order(goods, mailer):
    try:
        await mailer.send(f"ordered: {goods}")  # guilty
    except Exception:
        return "ordered, without a mail"
    return "ordered"


async def test_orders_without_a_word():
    with patch.object(Mailer, "send", MagicMock()) as send:
        assert (await order("tea", Mailer())).startswith("ordered")

    send.assert_called_once()


async def test_orders_although_no_mail_can_be_sent():
    assert await order("tea", Mailer()) == "ordered, without a mail"
