import pytest

from reader import read


@pytest.mark.slow
def test_read():
    assert read("a b") == ["a", "b"]
