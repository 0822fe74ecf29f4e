from ..colours import RED


def test_red():
    assert RED == "#f00"
