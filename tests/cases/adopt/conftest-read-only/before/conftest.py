import pytest


@pytest.fixture
def key():
    return "secret"
