import pytest


@pytest.fixture
def place(place):
    return f"{place}/tests"
