import pytest


@pytest.fixture(name="async_test_timeout")
def fixture_async_test_timeout():
    return "half a minute"


@pytest.fixture()
def ensure_test_event_loop():
    return None
