from test.helpers import NOON


def test_noon():
    assert NOON == 12
