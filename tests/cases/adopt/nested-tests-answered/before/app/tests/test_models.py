from app.models import User


def test_user():
    assert User.name == "ada"
