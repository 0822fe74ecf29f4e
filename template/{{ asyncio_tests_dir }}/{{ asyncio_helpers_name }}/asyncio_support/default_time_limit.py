"""The suite's time limit, from its pytest configuration and a test's own marker."""

import math
from functools import partial

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test fail that has a bad marker, be it limited or not."""
    for item in items:
        mark = item.get_closest_marker(_NAME) if _NAME in item.keywords else None
        if mark is not None and not _is_good(mark):
            text = BAD_MARKER.format(given=_shown(mark))
            setattr(item, "setup", partial(pytest.fail, text, pytrace=False))  # noqa: B010 - it is a method, which type checkers let nobody replace


def limit_for(node: pytest.Item | pytest.Collector) -> float | None:
    """Return the limit in seconds for what runs for a test; None is none."""
    mark = node.get_closest_marker(_NAME)
    if mark is None or not _is_good(mark):
        return node.config.stash[_LIMIT]
    [seconds] = mark.args
    return None if seconds is None else float(seconds)


def _is_good(mark: pytest.Mark) -> bool:
    """Tell whether a marker has one number of seconds, or None."""
    if len(mark.args) != 1 or mark.kwargs:
        return False
    [given] = mark.args
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return given is None or (is_number and 0 < given < math.inf)


def _shown(mark: pytest.Mark) -> str:
    named = [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"({', '.join([*map(repr, mark.args), *named])})"


def _configured_seconds(config: pytest.Config) -> float:
    given = config.getini(_NAME)
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise pytest.UsageError(BAD_SETTING.format(given=given))
    return seconds
