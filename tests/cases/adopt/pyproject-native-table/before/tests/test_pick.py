import pytest

from orchard import pick


def test_pick():
    assert pick(["apple", "pear"], {"pear"}) == ["pear"]


@pytest.mark.xfail(reason="ripe has to be a set")
def test_unhashable():
    pick([["apple"]], {"apple"})
