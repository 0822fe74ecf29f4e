"""What an existing suite begins with: known findings are let be, and new ones fail."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

WARN = ("-o", "asyncio_checks=all: warn")
TESTS = """\
import asyncio


async def test_forgets_a_timer():
    asyncio.get_running_loop().call_later(3600, print)


async def test_forgets_a_task():
    task = asyncio.create_task(asyncio.sleep(3600))


async def test_forgets_nothing():
    await asyncio.sleep(0)
"""
LISTED = [
    "pending_task tests/test_it.py::test_forgets_a_task in test_forgets_a_task",
    "pending_timer tests/test_it.py::test_forgets_a_timer in test_forgets_a_timer",
]


def write(suite: pytest.Pytester, text: str) -> None:
    """Write the test module."""
    (suite.path / "tests" / "test_it.py").write_text(text, encoding="utf-8")


def listed(suite: pytest.Pytester) -> list[str]:
    """Return the findings in the baseline."""
    lines = baseline(suite).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def baseline(suite: pytest.Pytester) -> Path:
    """Return the place of the baseline, beside the guide."""
    return suite.path / "tests" / "asyncio_baseline.txt"


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")])
def test_present_findings_are_recorded_and_then_let_be(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """Also where several processes run the tests and one writes."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly -p no:cacheprovider")
    write(suite, TESTS)

    recording = suite.runpytest_subprocess(*WARN, *options, "--asyncio-baseline")
    known = suite.runpytest_subprocess(*WARN, *options)

    recording.assert_outcomes(passed=3)
    assert listed(suite) == LISTED
    recording.stdout.fnmatch_lines(["tests/asyncio_baseline.txt: 2 findings; *"])
    known.assert_outcomes(passed=3)
    known.stdout.fnmatch_lines(
        ["2 findings are known, from tests/asyncio_baseline.txt"]
    )


def test_only_what_is_new_fails_and_what_has_healed_is_struck_out(
    suite: pytest.Pytester,
) -> None:
    """Strictness that a suite can afford from its first day on."""
    write(suite, TESTS)
    suite.runpytest_subprocess(*WARN, "--asyncio-baseline").assert_outcomes(passed=3)
    healed = TESTS.replace("task = asyncio.create_task(", "await asyncio.wait_for(")
    healed = healed.replace("asyncio.sleep(3600))", "asyncio.sleep(0), 1)")
    new = "\n\nasync def test_is_new():\n    asyncio.Lock().acquire()\n"
    write(suite, healed + new)

    strict = suite.runpytest_subprocess(*WARN)

    strict.assert_outcomes(passed=3, failed=1)
    strict.stdout.fnmatch_lines(
        [
            "1 known findings are gone; *",
            "  pending_task tests/test_it.py::test_forgets_a_task",
            "FAILED tests/test_it.py::test_is_new *",
        ]
    )
    write(suite, healed)
    suite.runpytest_subprocess(*WARN, "--asyncio-baseline").assert_outcomes(passed=3)
    assert listed(suite) == LISTED[1:]


def test_tests_that_do_not_run_keep_their_findings(suite: pytest.Pytester) -> None:
    """Recording one test's must not make room for those of all others."""
    write(suite, TESTS)
    suite.runpytest_subprocess(*WARN, "--asyncio-baseline").assert_outcomes(passed=3)

    one = suite.runpytest_subprocess(*WARN, "--asyncio-baseline", "-k", "nothing")

    one.assert_outcomes(passed=1, deselected=2)
    assert listed(suite) == LISTED


def test_a_line_that_is_no_finding_is_one_line_before_any_test(
    suite: pytest.Pytester,
) -> None:
    """The file is reviewed, and so edited, by people."""
    write(suite, TESTS)
    baseline(suite).write_text("# Why.\npending_task\n", encoding="utf-8")

    result = suite.runpytest_subprocess(*WARN)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [each for each in result.errlines if each]
    assert "asyncio_baseline.txt:2: 'pending_task' is no finding" in line
    assert "write the file anew with `pytest --asyncio-baseline`" in line


SLEEPS = """\
import asyncio

from tests.utils.asyncio_support.checks import long_sleeps

long_sleeps.LIMIT = 0.1


async def test_sleeps():
    await asyncio.sleep(0.15)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is seen")
def test_advice_that_is_new_fails_nothing(suite: pytest.Pytester) -> None:
    """A slow test is no mistake; who wants none says so in the settings."""
    write(suite, "")
    suite.runpytest_subprocess(*WARN, "--asyncio-baseline")
    write(suite, SLEEPS)
    strict = ("-o", "asyncio_checks=all: warn\nlong_sleep: fail")

    new = suite.runpytest_subprocess(*WARN)
    failing = suite.runpytest_subprocess(*strict)
    suite.runpytest_subprocess(*WARN, "--asyncio-baseline")
    known = suite.runpytest_subprocess(*strict)

    new.assert_outcomes(passed=1)
    new.stdout.fnmatch_lines(["*[[]long_sleep[]] the test 'test_sleeps' waited 0.?*"])
    new.stdout.fnmatch_lines(["1 findings are advice: *`long_sleep: fail`"])
    failing.assert_outcomes(failed=1)
    assert listed(suite) == ["long_sleep tests/test_it.py::test_sleeps in test_sleeps"]
    known.assert_outcomes(passed=1)
    known.stdout.fnmatch_lines(["1 findings are known, *"])
