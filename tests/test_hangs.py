"""What hangs is ended, says what it waits for, and leaves the other tests alone.

The suites in `tests/hangs` are run in rendered projects. In their comments, `# hangs`
stands on the lines that the report of the test around must name; another comment on
such a line is the name of the test that must.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fault_runs import Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SUITES = Path(__file__).parent / "hangs"
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
PATIENCE = 90  # seconds, on a busy machine, before a run is killed
HANG = "[hang]"
BY_SIGNAL = pytest.mark.skipif(sys.platform == "win32", reason="no signal to do it")

# What the reports of waits.py say, beside the lines.
WAITS = {
    "test_async_generator": ["asyncio.sleep(77), 76.", "seconds of it left"],
    "test_gather": ["asyncio.gather, of which 1 of 2", "for the task 'second' to end"],
    "test_wait": ["asyncio.wait for the tasks 'one' and 'two' to end", "in pending"],
    "test_wait_for": ["asyncio.Queue.get of a queue with 0 items"],
    "test_shield": ["asyncio.shield for the task 'shielded'", "asyncio.Event.wait"],
    "test_task_group": ["an asyncio.TaskGroup for the task 'child' to end"],
    "test_timeout": ["a future that nobody has given a result"],
    "test_barrier": ["asyncio.Barrier.wait, to which 1 of 3 have come"],
    "test_condition": ["asyncio.Condition.wait"],
    "test_semaphore": ["asyncio.Semaphore.acquire"],
    "test_queue_put": ["asyncio.Queue.put of a queue with 1 items, which is full"],
    "test_queue_join": ["asyncio.Queue.join", "of which 1 lack their task_done()"],
    "test_future": ["a future that nobody has given a result"],
    "test_stream": ["asyncio.StreamReader.readline from ('127.0.0.1',"],
    "test_subprocess": ["asyncio.Process.wait of the process"],
    "test_thread": ["the job 'test_thread.<locals>.read_slowly' in a thread"],
    "test_other_loop": ["(sleep), which is on a loop in another thread"],
    "test_predicate": ["wait_until: lambda: len(received) == 3 at", "received = [1]"],
    "test_sequencer": ["a Sequencer to come to position 2"],
    "test_lock": ["an asyncio.Lock that the task 'keeper' holds, taken at"],
    "test_lock_twice": ["a deadlock: these tasks wait for each other"],
    "test_circle": ["wait for each other: 'egg' -> 'hen' -> 'egg'"],
    "test_many": ["100 of 100 have not ended", "and 95 others (pending)"],
}
AWAITED_BY = ("test_gather", "test_wait", "test_shield", "test_many")


@pytest.fixture
def run_suite(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs suites of `tests/hangs` in a rendered project."""

    def run(*names: str, limit: float = 0.3, options: tuple[str, ...] = ALONE) -> Run:
        project = without_samples(tmp_path / "project")
        for name in names:
            shutil.copy(SUITES / f"{name}.py", project / "tests" / f"test_{name}.py")
        return run_pytest(
            project, PATIENCE, "-o", f"asyncio_test_timeout={limit}", *options
        )

    return run


def hanging_lines(name: str) -> dict[str, list[int]]:
    """Return, for each test of a suite, the lines that its report must name."""
    found: dict[str, list[int]] = {}
    test = ""
    text = (SUITES / f"{name}.py").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        begun = re.match(r"async def (test_\w+)", line)
        test = begun[1] if begun else test
        marked = re.search(r"  # (hangs|test_\w+)$", line)
        if marked:
            owner = test if marked[1] == "hangs" else marked[1]
            found.setdefault(owner, []).append(number)
    return found


def report_of(run: Run, name: str, test: str) -> str:
    """Return the report of a test that must have failed in one phase only."""
    [phase] = run.failed_phases(f"test_{name}.py::{test}")
    return phase.text


def complaints(run: Run, name: str) -> list[str]:
    """Return what is wrong with the reports of a suite's hanging tests."""
    wrong: list[str] = []
    for test, lines in hanging_lines(name).items():
        if run.outcome(f"test_{name}.py::{test}") == "skipped":
            continue
        failed = run.failed_phases(f"test_{name}.py::{test}")
        texts = [phase.text for phase in failed]
        if len(failed) != 1:
            wrong.append(f"{test} failed {len(failed)} times")
        elif texts[0].count("  what to do  ") != 1 or HANG not in texts[0]:
            wrong.append(f"{test} must report one hang, and nothing else: {texts[0]}")
        elif not any(f"test_{name}.py:{line} in " in texts[0] for line in lines):
            wrong.append(f"{test} names none of the lines {lines}: {texts[0]}")
    return wrong


def outcomes(run: Run) -> dict[str, str]:
    """Return the outcome of each test, by its name alone."""
    return {test.rpartition("::")[2]: run.outcome(test) for test in run.phases}


@BY_SIGNAL
def test_code_that_keeps_the_loop_is_interrupted(
    run_suite: Callable[..., Run],
) -> None:
    """Whatever it catches, and whatever call it stands in."""
    run = run_suite("sync_code")

    assert complaints(run, "sync_code") == [], run.printed
    passed = [test for test, outcome in outcomes(run).items() if outcome == "passed"]
    assert passed == ["test_has_nothing_to_do_with_it"]


def test_a_hang_is_found_while_freezegun_stops_time(
    run_suite: Callable[..., Run],
) -> None:
    """It replaces whatever function of `time` a module has a name for."""
    run = run_suite("frozen_time")

    assert complaints(run, "frozen_time") == [], run.printed
    assert outcomes(run)["test_has_nothing_to_do_with_it"] == "passed"


@BY_SIGNAL
def test_a_fixture_that_hangs_leaves_the_others_to_be_torn_down(
    run_suite: Callable[..., Run],
) -> None:
    """In its setup as in its teardown; a wide one is not waited for again."""
    run = run_suite("fixtures")

    assert complaints(run, "fixtures") == [], run.printed
    assert [test for test, outcome in outcomes(run).items() if outcome == "passed"] == [
        "test_all_others_were_torn_down",
        "test_the_loop_is_as_good_as_before",
        "test_has_nothing_to_do_with_it",
    ]
    text = report_of(run, "fixtures", "test_setup_waits")
    assert "(the setup of the fixture 'waits_in_setup' (scope function))" in text
    text = report_of(run, "fixtures", "test_teardown_waits")
    assert "(the teardown of the fixture 'waits_in_teardown'" in text
    text = report_of(run, "fixtures", "test_second_with_a_wide_one")
    assert text == (
        "the setup of the fixture 'wide' (scope module) hung, and was ended by the "
        "asyncio safety net; the report of tests/test_fixtures.py::"
        "test_first_with_a_wide_one tells what it waited for"
    )
    both = run.failed_phases("test_fixtures.py::test_hangs_and_its_fixture_too")
    assert [phase.when for phase in both] == ["call", "teardown"]
    assert "the body of the test" in both[0].text
    assert "the teardown of the fixture 'waits_in_teardown'" in both[1].text


@BY_SIGNAL
def test_the_run_goes_on_and_ends_whatever_does_not(
    run_suite: Callable[..., Run],
) -> None:
    """On the same loop; at the end, the process does not wait for a thread."""
    run = run_suite("stubborn")

    assert complaints(run, "stubborn") == [], run.printed
    assert outcomes(run)["test_has_nothing_to_do_with_it"] == "passed", run.printed
    assert "ended the process; these threads of hung tests" in run.printed
    text = run.failed_phases("test_stubborn.py::test_stops_the_loop_itself")[0].text
    assert "Event loop stopped before Future completed" in text
    assert HANG not in text


def test_the_report_says_what_every_task_waits_for(
    run_suite: Callable[..., Run],
) -> None:
    """Through whatever asyncio has between the task and what it waits for."""
    run = run_suite("waits")

    assert complaints(run, "waits") == [], run.printed
    for test, texts in WAITS.items():
        if outcomes(run)[test] == "skipped":
            continue
        text = report_of(run, "waits", test)
        assert [each for each in texts if each not in text] == [], text
        assert "asyncio_support" not in text
        assert "pytest_asyncio" not in text
        if sys.version_info >= (3, 14):
            assert ("awaited by the task" in text) or test not in AWAITED_BY, text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows all threads")
def test_a_loop_that_nothing_can_wake_is_found_at_once(
    run_suite: Callable[..., Run],
) -> None:
    """Long before the limit; in a worker of pytest-xdist's as well."""
    run = run_suite("never_wakes", limit=60, options=("-p", "no:randomly", "-n", "2"))

    assert complaints(run, "never_wakes") == [], run.printed
    for test in hanging_lines("never_wakes"):
        text = report_of(run, "never_wakes", test)
        assert "can never end: nothing is left to wake it" in text
        phases = run.phases[f"test_never_wakes.py::{test}"]
        assert sum(phase.seconds for phase in phases) < 20
    assert outcomes(run)["test_has_nothing_to_do_with_it"] == "passed"


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
def test_a_loop_that_something_can_wake_is_waited_for(
    run_suite: Callable[..., Run],
) -> None:
    """A timer, a file, a thread, a process, a signal: each wakes it in its time."""
    forks = ("-W", "ignore:This process:DeprecationWarning")

    run = run_suite("wakes", limit=60, options=(*ALONE, *forks))

    assert set(outcomes(run).values()) == {"passed"}, run.printed


def test_a_thread_from_before_the_run_can_wake_a_loop(
    run_suite: Callable[..., Run],
) -> None:
    """A conftest.py may have started one that its fixtures hand work to."""
    early = ("-p", "tests.test_old_thread")

    run = run_suite("old_thread", "uses_old_thread", limit=60, options=(*ALONE, *early))

    assert outcomes(run) == {"test_the_thread_wakes_it": "passed"}, run.printed


def test_at_level_warn_nothing_is_ended(run_suite: Callable[..., Run]) -> None:
    """The outcome is the test's own, and the end of the run has the report."""
    run = run_suite(
        "takes_long",
        limit=0.15,
        options=(*ALONE, "-o", "asyncio_checks=all: off\nhang: warn"),
    )

    assert set(outcomes(run).values()) == {"passed"}, run.printed
    for part in (
        "the body of the test 'test_waits' did not end within 0.15 seconds",
        "the body of the test 'test_blocks' did not end within 0.15 seconds",
        "the setup of the fixture 'slow_setup' (scope function) did not end within",
        "the teardown of the fixture 'slow_teardown' (scope function) did not end",
        "4 findings failed no test",
    ):
        assert part in run.printed
    assert "test_takes_long.py:21 in test_waits" in run.printed
    told = run.printed.index("test_takes_long.py::test_waits goes on")
    assert told < run.printed.index("4 findings failed no test")
    assert "waits for  asyncio.sleep(0.4)" in run.printed


ENDLESS = """
import asyncio

async def test_never_ends():
    await asyncio.Event().wait()
"""


def test_at_level_warn_what_never_ends_is_told_while_it_lasts(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> None:
    """There will be no report, and whoever ends the run should know why."""
    project = without_samples(tmp_path / "project")
    (project / "tests" / "test_endless.py").write_text(ENDLESS, encoding="utf-8")

    run = run_pytest(project, 5, *ALONE, "-o", "asyncio_checks=all: warn")

    told = run.printed.partition("asyncio safety net: ")[2]
    assert told.startswith("tests/test_endless.py::test_never_ends goes on\n[hang] ")
    assert "made at" not in told
    assert "stands at   tests/test_endless.py:5 in test_never_ends" in told


def test_a_marker_has_the_last_word(run_suite: Callable[..., Run]) -> None:
    """On a test, its class or its module, and for fixtures as well."""
    run = run_suite("marked", limit=30)

    assert outcomes(run) == {
        "test_takes_the_limit_of_the_module": "failed",
        "test_takes_its_own": "passed",
        "test_takes_none": "passed",
        "test_gives_its_fixtures_the_same": "passed",
        "test_gives_its_fixtures_that_of_the_module": "failed",
        "test_takes_that_of_the_class": "passed",
        "test_is_allowed_to": "passed",
    }, run.printed


DEBUGGED = """
import asyncio
import sys
import time

async def test_is_debugged():
    module = type(sys)("debugger")
    exec(compile("def stop(f): f(0.6)", "/lib/pdb.py", "exec"), vars(module))
    module.stop(time.sleep)
    await asyncio.sleep(0.01)
"""


def test_a_debugger_stops_the_clock(suite: pytest.Pytester) -> None:
    """Who looks at the code takes the time that it takes."""
    (suite.path / "tests/test_debugged.py").write_text(DEBUGGED, encoding="utf-8")

    result = suite.runpytest_subprocess(
        *(
            "-o",
            "asyncio_test_timeout=0.3",
            "-o",
            "asyncio_checks=all: off\nhang: fail",
        ),
    )

    result.assert_outcomes(passed=1)
