import pytest

from tidewatch import height


def test_high_water():
    assert height(6) == 2.5


@pytest.mark.slow
@pytest.mark.parametrize("hour", [0, 12])
def test_low_water(hour):
    assert height(hour) == 0.5
