"""The suite's time limit: a setting, a fixture, a marker, one line for a bad value."""

from __future__ import annotations

import re

import pytest

TEST = """
import pytest

async def test_limit(async_test_timeout):
    assert async_test_timeout == {}
    assert isinstance(async_test_timeout, float)
"""
MARKED = """
import pytest

@pytest.fixture
async def connection():
    yield

{}
def test_of_no_async_code():
    pass
"""
MARKED_TEST = """
@pytest.mark.asyncio_test_timeout({given})
async def test_{number}(connection):
    pass
"""
BAD_MARKERS = ["", "0", "-1", "'soon'", "True", "1, 2", "seconds=5", "float('inf')"]
SHOWN = {"float('inf')": "inf"}


def marked(*given: str) -> str:
    """Return a module with a test for each marker."""
    tests = [
        MARKED_TEST.format(given=each, number=number)
        for number, each in enumerate(given)
    ]
    return MARKED.format("\n".join(tests))


def test_it_is_thirty_seconds_where_the_settings_do_not_say(
    suite: pytest.Pytester,
) -> None:
    """Suites that took over the plugin need no new setting."""
    settings = suite.path / "pytest.ini"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("asyncio_test_timeout")]
    assert len(kept) == len(lines) - 1
    settings.write_text("".join(kept), encoding="utf-8")
    (suite.path / "tests/test_limit.py").write_text(TEST.format(30.0), encoding="utf-8")

    suite.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_it_is_what_the_settings_say(suite: pytest.Pytester) -> None:
    """In seconds, with or without a fraction."""
    (suite.path / "tests/test_limit.py").write_text(TEST.format(0.5), encoding="utf-8")

    result = suite.runpytest_subprocess("-W", "error", "-o", "asyncio_test_timeout=0.5")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "inf", ""])
def test_a_bad_value_is_one_line_before_any_test(
    suite: pytest.Pytester, value: str
) -> None:
    """It names the setting, the value and what to write."""
    result = suite.runpytest_subprocess("-o", f"asyncio_test_timeout={value}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    line = (
        f"ERROR: asyncio_test_timeout: {value!r} in the pytest configuration is not a "
        "number of seconds greater than zero; write one, like asyncio_test_timeout = 30"
    )
    assert [each for each in result.errlines if each] == [line]


def test_a_marker_takes_seconds_or_none(suite: pytest.Pytester) -> None:
    """What a limit does is the matter of test_hangs.py."""
    path = suite.path / "tests/test_marked.py"
    path.write_text(marked("60", "0.5", "None"), encoding="utf-8")

    suite.runpytest_subprocess("-W", "error").assert_outcomes(passed=4)


def test_a_bad_marker_is_one_line_at_its_test(suite: pytest.Pytester) -> None:
    """It names the marker, what was given and what to write; other tests still run."""
    path = suite.path / "tests/test_marked.py"
    path.write_text(marked(*BAD_MARKERS), encoding="utf-8")

    result = suite.runpytest_subprocess("-q", "-rN")

    result.assert_outcomes(passed=1, errors=len(BAD_MARKERS))
    lines = [line for line in result.outlines if "for no limit" in line]
    assert lines == [
        "the marker asyncio_test_timeout takes one number of seconds, or None for no "
        "limit, as in @pytest.mark.asyncio_test_timeout(60); this test's has "
        f"({SHOWN.get(given, given)})"
        for given in BAD_MARKERS
    ]
    assert not any(re.search(r"Traceback|\.py:\d", line) for line in result.outlines)
