import pytest


@pytest.fixture
def company():
    return "Acme"
