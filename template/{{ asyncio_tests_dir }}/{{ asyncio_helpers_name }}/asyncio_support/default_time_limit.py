"""The suite's default time limit, from its pytest configuration."""

import math

import pytest

BAD_SETTING = (
    "asyncio_test_timeout: {given!r} in the pytest configuration is not a number of "
    "seconds greater than zero; write one, like asyncio_test_timeout = 5"
)

_SETTING = "asyncio_test_timeout"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting."""
    parser.addini(
        _SETTING,
        "seconds that the fixture async_test_timeout gives to tests (default: 5)",
        default="5",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a bad value before any test runs."""
    _configured_seconds(config)


@pytest.fixture(scope="session")
def async_test_timeout(pytestconfig: pytest.Config) -> float:
    """The suite's default limit in seconds: `asyncio_test_timeout` in the settings.

    Pass it on: `await run_with_timeout(fetch(), async_test_timeout)`. It limits nothing
    by itself.
    """
    return _configured_seconds(pytestconfig)


def _configured_seconds(config: pytest.Config) -> float:
    given = config.getini(_SETTING)
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise pytest.UsageError(BAD_SETTING.format(given=given))
    return seconds
