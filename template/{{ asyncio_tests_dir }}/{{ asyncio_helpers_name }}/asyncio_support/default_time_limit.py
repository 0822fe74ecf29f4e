"""The suite's time limit, from its pytest configuration and a test's own marker."""

import math

import pytest

BAD_SETTING = (
    "asyncio_test_timeout: {given!r} in the pytest configuration is not a number of "
    "seconds greater than zero; write one, like asyncio_test_timeout = 30"
)
BAD_MARKER = (
    "the marker asyncio_test_timeout takes one number of seconds, or None for no "
    "limit, as in @pytest.mark.asyncio_test_timeout(60); this test's has {given}"
)

_NAME = "asyncio_test_timeout"
_LIMIT = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting."""
    parser.addini(
        _NAME,
        "seconds that an async test or fixture may take (default: 30)",
        default="30",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a bad value before any test runs."""
    config.stash[_LIMIT] = _configured_seconds(config)
    text = f"{_NAME}(seconds): how long this test and its async fixtures may take each"
    config.addinivalue_line("markers", text)


@pytest.fixture(scope="session")
def async_test_timeout(pytestconfig: pytest.Config) -> float:
    """The suite's default limit in seconds: `asyncio_test_timeout` in the settings.

    The safety net limits every async test and fixture by it. To have a smaller part of
    a test limited, pass it on: `await run_with_timeout(fetch(), async_test_timeout)`.
    """
    return pytestconfig.stash[_LIMIT]


def limit_for(node: pytest.Item | pytest.Collector) -> float | None:
    """Return the limit in seconds for what runs for a test; None is none.

    Raises:
        pytest.fail.Exception: The test's marker has something else than one limit.
    """
    mark = node.get_closest_marker(_NAME)
    if mark is None:
        return node.config.stash[_LIMIT]
    if mark.args == (None,) and not mark.kwargs:
        return None
    seconds = _seconds_of(mark)
    if not 0 < seconds < math.inf:
        shown = ", ".join(
            [*map(repr, mark.args), *map("{0[0]}={0[1]!r}".format, mark.kwargs.items())]
        )
        pytest.fail(BAD_MARKER.format(given=f"({shown})"), pytrace=False)
    return seconds


def _seconds_of(mark: pytest.Mark) -> float:
    """Return what a marker says, or NaN if it is something else than one number."""
    if len(mark.args) != 1 or mark.kwargs:
        return math.nan
    [given] = mark.args
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return float(given) if is_number else math.nan


def _configured_seconds(config: pytest.Config) -> float:
    given = config.getini(_NAME)
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise pytest.UsageError(BAD_SETTING.format(given=given))
    return seconds
