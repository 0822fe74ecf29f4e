import pytest


@pytest.mark.unit
def test_unit():
    assert True


def test_other():
    raise AssertionError
