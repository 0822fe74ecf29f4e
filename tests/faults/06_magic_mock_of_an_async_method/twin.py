"""The async method is patched with AsyncMock, as `patch` does by itself."""

from unittest.mock import MagicMock, patch


class Mailer:
    async def send(self, text):
        raise NotImplementedError


async def order(goods, mailer):
    try:
        await mailer.send(f"ordered: {goods}")
    except Exception:
        return "ordered, without a mail"
    return "ordered"


async def test_orders_with_a_mail():
    with patch.object(Mailer, "send") as send:
        assert await order("tea", Mailer()) == "ordered"

    send.assert_awaited_once_with("ordered: tea")


async def test_orders_through_a_mock_that_knows_the_class():
    mailer = MagicMock(spec=Mailer)

    assert await order("tea", mailer) == "ordered"

    mailer.send.assert_awaited_once_with("ordered: tea")


async def test_orders_although_no_mail_can_be_sent():
    assert await order("tea", Mailer()) == "ordered, without a mail"
