import pytest


@pytest.mark.integration
def test_marked():
    assert True


@pytest.mark.xfail(reason="not yet")
def test_fails():
    raise AssertionError
