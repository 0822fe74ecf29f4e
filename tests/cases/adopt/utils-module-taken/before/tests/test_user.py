from tests.utils import make_user


def test_user():
    assert make_user("ada")["active"]
