"""What a report of the safety net says, and where it stands beside what is not its."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FAILS_AND_LEAVES = """\
import asyncio


async def test_fails_by_itself():
    asyncio.get_running_loop().call_later(3600, print)
    asyncio.sleep(0)
    assert 1 + 1 == 3
"""
FINDS_IN_THREE_PHASES = """\
import asyncio
import time

import pytest


@pytest.fixture
async def clock():
    time.sleep(0.01)
    yield asyncio.get_running_loop()
    asyncio.sleep(0)


async def test_uses_a_clock(clock):
    time.sleep(0.01)
    clock.call_later(3600, print)


async def test_comes_next():
    await asyncio.sleep(0)
"""
OF_A_FIXTURE = """\
import asyncio

import pytest
import pytest_asyncio


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ticking():
    async def tick():
        await asyncio.sleep(3600)

    task = asyncio.create_task(tick())
    yield


@pytest.mark.asyncio(loop_scope="module")
async def test_hears_it(ticking):
    await asyncio.sleep(0)


@pytest.mark.asyncio(loop_scope="module")
async def test_hears_it_still(ticking):
    await asyncio.sleep(0)
"""
SPEAKS = """\
import asyncio
import logging


async def work():
    try:
        await asyncio.sleep(3600)
    finally:
        print("printed while it was cancelled")
        logging.getLogger("work").warning("logged while it was cancelled")


async def test_leaves_work():
    work_left = asyncio.create_task(work())
    await asyncio.sleep(0)
"""
NET_SAYS = "asyncio safety net: ["
FAIL = ("-o", "asyncio_checks=all: fail")
# As in a suite that has no filters: whatever Python warns of fails nothing.
WARN = ("-o", "asyncio_checks=all: warn", "-o", "filterwarnings=")


@pytest.fixture
def run(suite: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Return a function that runs a module in a rendered suite."""

    def run(text: str, *options: str) -> pytest.RunResult:
        (suite.path / "tests" / "test_it.py").write_text(text, encoding="utf-8")
        in_order = ("-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider")
        return suite.runpytest_subprocess(*in_order, *options)

    return run


def test_a_failure_of_the_tests_own_stays_first(
    run: Callable[..., pytest.RunResult],
) -> None:
    """The test fails once, and what was found stands below."""
    result = run(FAILS_AND_LEAVES, *FAIL)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert (1 + 1) == 3",
            "*asyncio safety net*",
            "[[]never_awaited[]]*",
            "*asyncio safety net (teardown)*",
            "[[]pending_timer[]]*",
            "FAILED *test_fails_by_itself - assert (1 + 1) == 3",
        ]
    )


def test_a_failure_of_the_tests_own_hides_no_warning(
    run: Callable[..., pytest.RunResult],
) -> None:
    """At level warn the report is as pytest makes it, and the end tells the rest."""
    result = run(FAILS_AND_LEAVES, *WARN)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["2 findings failed no test*"])


@pytest.mark.parametrize("ci", ["", "true"])
def test_whatever_the_phase_a_test_is_reported_once(
    run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    """All findings in one report, each with its place; the next test starts clean."""
    monkeypatch.setenv("CI", ci)

    result = run(FINDS_IN_THREE_PHASES, *FAIL)

    result.assert_outcomes(failed=1, passed=1)
    text = result.stdout.str()
    for place in ("9 in clock", "11 in clock", "15 in test_uses_a_clock"):
        assert text.count(f"made at     tests/test_it.py:{place}") == 1
    result.stdout.no_fnmatch_line("*ERROR*")
    [line] = [line for line in result.outlines if line.startswith("FAILED ")]
    named = "asyncio safety net: [blocking_call] time.sleep blocked the event loop"
    assert line.endswith(named if ci else "...")


def test_a_finding_in_a_fixture_names_it_and_its_scope(
    run: Callable[..., pytest.RunResult],
) -> None:
    """And comes when the fixture is over: in the last test that used it."""
    result = run(OF_A_FIXTURE, *FAIL)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_hears_it_still*",
            "*[[]pending_task[]] the task * was still running",
            "  made at     tests/test_it.py:12 in ticking",
            "  made by     the fixture 'ticking' (scope module)",
        ]
    )


def test_what_code_says_while_it_is_ended_is_captured(
    run: Callable[..., pytest.RunResult],
) -> None:
    """It is shown with the test, and not between the dots of the run."""
    result = run(SPEAKS, *FAIL)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*Captured stdout teardown*",
            "printed while it was cancelled",
            "*Captured log teardown*",
            "*logged while it was cancelled",
        ]
    )
    assert result.outlines[-20:].count("printed while it was cancelled") == 1


def test_of_many_warnings_some_are_shown_and_all_counted(
    run: Callable[..., pytest.RunResult],
) -> None:
    """An old suite has hundreds, which nobody would scroll through."""
    test = "async def test_{}():\n    asyncio.sleep(0)\n\n\n"
    tests = "".join(map(test.format, range(12)))

    result = run(f"import asyncio\n\n\n{tests}", *WARN)

    result.assert_outcomes(passed=12)
    assert sum("[never_awaited]" in line for line in result.outlines) == 10
    result.stdout.fnmatch_lines(
        ["and, not shown: never_awaited 2", "", "12 findings failed no test*"]
    )


def test_a_timer_is_found_among_thousands_that_have_gone_off(
    run: Callable[..., pytest.RunResult],
) -> None:
    """The notes of those are dropped in the meantime, and what they held is free."""
    result = run(
        """\
import asyncio
import weakref


class Cargo:
    def carry(self):
        pass


async def test_sets_timers():
    loop = asyncio.get_running_loop()
    loop.call_later(3600, print)
    gone = []
    for _ in range(30):
        for _ in range(100):
            cargo = Cargo()
            gone.append(weakref.ref(cargo))
            loop.call_later(0, cargo.carry)
        await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)
    del cargo
    await asyncio.sleep(0.01)
    assert [each for each in gone if each() is not None] == []
""",
        *FAIL,
    )

    result.assert_outcomes(passed=1, errors=1)
    heads = [line for line in result.outlines if line.startswith(NET_SAYS)]
    assert len(heads) == 1
    result.stdout.fnmatch_lines(
        ["*a timer would call 'print' in *", "  made at     tests/test_it.py:12 in *"]
    )
