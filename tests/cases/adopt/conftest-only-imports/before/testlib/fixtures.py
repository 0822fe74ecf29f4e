import pytest


@pytest.fixture
def user():
    return "ada"


@pytest.fixture
def server(user):
    return f"{user}@localhost"
