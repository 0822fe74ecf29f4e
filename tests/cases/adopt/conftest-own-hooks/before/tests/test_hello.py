import pytest


@pytest.mark.slow
def test_slow():
    raise AssertionError


def test_greeting(greeting):
    assert greeting == "hej"
