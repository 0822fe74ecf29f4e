import pytest


@pytest.fixture
def noon():
    return 12
