import pytest


@pytest.fixture
def fixture():
    return 1


def test_fixture(fixture):
    assert fixture == 1
