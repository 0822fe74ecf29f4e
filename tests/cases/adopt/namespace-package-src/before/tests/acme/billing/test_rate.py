from acme.billing import RATE


def test_rate():
    assert RATE == 19
