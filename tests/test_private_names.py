"""The private names that the net uses are there; without one, its checks are off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EVERY = """\
import unittest.mock  # the names of what is not imported are not looked for

from tests.utils.asyncio_support.safety_net.discovery import guards
from tests.utils.asyncio_support.safety_net.private_names import missing


def test_every_private_name_is_there():
    lacking = {guard.__module__: missing(guard.needs) for guard in guards()}

    assert {name: each for name, each in lacking.items() if each} == {}


def test_a_name_that_is_not_there_is_missing():
    assert missing(("loop._scheduled", "loop._other")) == ["loop._other"]
    other = "asyncio.BaseEventLoop._other"
    assert missing((other,)) == [other]
"""
FORGETFUL = """\
import asyncio


async def test_forgets_to_await():
    asyncio.sleep(0)


async def test_forgets_a_timer():
    asyncio.get_running_loop().call_later(3600, print)
"""


def test_this_python_has_every_private_name(suite: pytest.Pytester) -> None:
    """A version that changes one is named here, not by a check that falls silent."""
    (suite.path / "tests" / "test_names.py").write_text(EVERY, encoding="utf-8")

    suite.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_missing_name_switches_its_checks_off_and_is_told(
    suite: pytest.Pytester,
) -> None:
    """All others work, and the run is not broken."""
    (suite.path / "tests" / "test_it.py").write_text(FORGETFUL, encoding="utf-8")
    conftest = suite.path / "conftest.py"
    text = conftest.read_text(encoding="utf-8")
    gone = "import warnings\n\ndel warnings._warn_unawaited_coroutine\n"
    conftest.write_text(gone + text, encoding="utf-8")

    result = suite.runpytest_subprocess("-o", "filterwarnings=ignore")

    result.assert_outcomes(passed=2, errors=1)
    told = "asyncio safety net: never_awaited, unrun_test, unrun_setup off, since this "
    result.stdout.fnmatch_lines(
        [f"{told}version has no warnings._warn_unawaited_coroutine"]
    )

    listed = suite.runpytest_subprocess("--asyncio-checks")

    assert listed.ret == 0
    assert f"{told}version has no warnings._warn_unawaited_coroutine" in listed.outlines
