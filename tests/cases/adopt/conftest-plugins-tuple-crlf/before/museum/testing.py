import pytest


@pytest.fixture
def painting():
    return 'Geograph'
