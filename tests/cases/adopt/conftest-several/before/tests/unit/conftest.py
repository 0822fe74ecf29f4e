import pytest


@pytest.fixture(autouse=True)
def place(place):
    return f"{place}/unit"
