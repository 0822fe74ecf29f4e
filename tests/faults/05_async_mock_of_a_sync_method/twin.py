"""The sync method is patched with a sync mock."""

from unittest.mock import Mock, patch


class Register:
    def is_member(self, name):
        return name == "Ada"


async def enter(name, register):
    if register.is_member(name):
        return "come in"
    return "sorry"


async def test_lets_members_in():
    with patch.object(Register, "is_member", Mock(return_value=False)):
        assert await enter("Ada", Register()) == "sorry"
