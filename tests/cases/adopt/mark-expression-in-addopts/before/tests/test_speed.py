import pytest


@pytest.mark.slow
def test_slow():
    raise AssertionError


def test_broken():
    raise AssertionError


def test_fast():
    assert True
