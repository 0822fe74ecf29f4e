# check: never_awaited
# guilty: test_lets_members_in
# text: is_member
"""A sync method is patched with AsyncMock: it returns a coroutine, which is true."""

from unittest.mock import AsyncMock, patch


class Register:
    def is_member(self, name):
        return name == "Ada"


async def enter(name, register):
    if register.is_member(name):  # guilty
        return "come in"
    return "sorry"


async def test_lets_members_in():
    with patch.object(Register, "is_member", AsyncMock(return_value=False)):
        assert await enter("Ada", Register()) == "come in"


async def test_lets_nobody_else_in():
    assert await enter("Bob", Register()) == "sorry"
