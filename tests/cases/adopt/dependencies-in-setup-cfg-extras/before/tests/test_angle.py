from sextant import angle


def test_angle():
    assert angle(3, 10) == 7
