import pytest


@pytest.fixture
def session_scoped_event_loop():
    return "a quilt of our own"
