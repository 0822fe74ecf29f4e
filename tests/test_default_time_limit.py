"""The suite's default time limit: a setting, a fixture, one line for a bad value."""

from __future__ import annotations

import pytest

TEST = """
import pytest

async def test_limit(async_test_timeout):
    assert async_test_timeout == {}
    assert isinstance(async_test_timeout, float)
"""


def test_it_is_five_seconds_where_the_settings_do_not_say(
    suite: pytest.Pytester,
) -> None:
    """Suites that took over the plugin need no new setting."""
    settings = suite.path / "pytest.ini"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("asyncio_test_timeout")]
    assert len(kept) == len(lines) - 1
    settings.write_text("".join(kept), encoding="utf-8")
    (suite.path / "tests/test_limit.py").write_text(TEST.format(5.0), encoding="utf-8")

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
        "number of seconds greater than zero; write one, like asyncio_test_timeout = 5"
    )
    assert [each for each in result.errlines if each] == [line]
