import pytest


@pytest.fixture
def state():
    return "committed"
