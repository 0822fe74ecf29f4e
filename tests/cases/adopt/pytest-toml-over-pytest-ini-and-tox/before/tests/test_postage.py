import pytest

from stamps import postage


@pytest.mark.parametrize(("grams", "cents"), [(20, 85), (21, 100)])
def test_postage(grams, cents):
    assert postage(grams) == cents
