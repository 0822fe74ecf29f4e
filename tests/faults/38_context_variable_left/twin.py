"""The fixture gives the context variable back the value that it had."""

import contextvars

import pytest

user = contextvars.ContextVar("user", default="nobody")


@pytest.fixture
def logged_in():
    token = user.set("Ada")
    yield
    user.reset(token)


async def test_writes_her_name(logged_in):
    assert user.get() == "Ada"


async def test_changes_its_own_context():
    user.set("Grace")


async def test_writes_no_name():
    assert user.get() == "nobody"
