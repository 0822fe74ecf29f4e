# check: context_variable
# guilty: test_writes_her_name
# text: user
"""A fixture sets a context variable for its test, and it stays set for all others."""

import contextvars

import pytest

user = contextvars.ContextVar("user", default="nobody")


@pytest.fixture
def logged_in():
    user.set("Ada")  # guilty


async def test_writes_her_name(logged_in):
    assert user.get() == "Ada"


async def test_writes_no_name():
    assert user.get() == "nobody"


def test_writes_no_name_either():
    assert user.get() == "nobody"
