"""Tests take virtual time by fixture, marker or setting, and leave none of it behind.

The suites in `tests/clocks` are run in rendered projects; what the clock itself does is
tested in `tests/behaviour`, on every Python.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fault_runs import WITHOUT, Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SUITES = Path(__file__).parent / "clocks"
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
PATIENCE = 90  # seconds, on a busy machine, before a run is killed
# Seconds that a deadlock may take to be found on a busy machine, with a limit of 30.
QUICK = 5
BACKENDS = ("asyncio", "trio")
UVLOOP = """\
import uvloop


def pytest_asyncio_loop_factories():
    return {"uvloop": uvloop.new_event_loop}
"""


@pytest.fixture
def run_suite(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs a suite of `tests/clocks` in a rendered project."""

    def run(name: str, *options: str, plugins: tuple[str, ...] = ()) -> Run:
        project = without_samples(tmp_path / "project")
        shutil.copy(SUITES / f"{name}.py", project / "tests" / f"test_{name}.py")
        (project / "with_uvloop.py").write_text(UVLOOP, encoding="utf-8")
        without = [each for each in WITHOUT if each not in plugins]
        return run_pytest(project, PATIENCE, *(options or ALONE), without=without)

    return run


def outcomes(run: Run) -> dict[str, str]:
    """Return the outcome of each test, by its name alone."""
    return {test.rpartition("::")[2]: run.outcome(test) for test in run.phases}


def text_of(run: Run, test: str) -> str:
    """Return the report of a test that must have failed in one phase only."""
    [name] = [each for each in run.phases if each.endswith(f"::{test}")]
    [phase] = run.failed_phases(name)
    return phase.text


def test_a_shared_loop_has_virtual_time_only_where_it_is_asked_for(
    run_suite: Callable[..., Run],
) -> None:
    """Timers that live on wait as much longer as they had to; nothing else is left."""
    run = run_suite("scopes")

    assert set(outcomes(run).values()) == {"passed"}, run.printed


@pytest.mark.parametrize("setting", ["false", "true"])
def test_tests_are_set_to_virtual_time(
    run_suite: Callable[..., Run], setting: str
) -> None:
    """One by one, by class or module, or all that no marker excepts."""
    run = run_suite("marked", *ALONE, "-o", f"asyncio_virtual_clock={setting}")

    assert set(outcomes(run).values()) == {"passed"}, run.printed


def test_a_marker_that_means_nothing_fails_its_test(
    run_suite: Callable[..., Run],
) -> None:
    """With one line that says what to write."""
    run = run_suite("mistaken")

    assert outcomes(run).pop("test_right") == "passed"
    assert "this test's has ('yes')" in text_of(run, "test_a_word")
    assert "this test's has (start=5)" in text_of(run, "test_a_name")
    assert "has (otherwise='hope')" in text_of(run, "test_an_otherwise")
    assert "a test that pytest-asyncio does not run" in text_of(run, "test_sync")


@pytest.mark.parametrize("level", ["fail", "warn", "off"])
def test_a_deadlock_fails_at_once_and_says_what_waits_for_what(
    run_suite: Callable[..., Run], level: str
) -> None:
    """Whatever the safety net is set to: what can never end is not worth waiting."""
    run = run_suite("deadlocks", *ALONE, "-o", f"asyncio_checks=all: {level}")

    found = outcomes(run)
    assert found.pop("test_that_ends") == "passed", run.printed
    assert set(found.values()) == {"failed"}, run.printed
    assert all(
        phase.seconds < QUICK for phases in run.phases.values() for phase in phases
    )
    for test, lines in hanging_lines("deadlocks").items():
        text = text_of(run, test)
        assert "can never end: under the virtual clock" in text
        assert all(f"test_deadlocks.py:{line}" in text for line in lines), text
        assert ("[hang]" in text) is (level == "fail")
    assert "can never end: under the virtual clock" in text_of(run, "test_sync")


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


def test_clocks_for_dates_work_beside_it(run_suite: Callable[..., Run]) -> None:
    """Frozen time stops neither the virtual clock nor what it measures for real."""
    run = run_suite("other_clocks")

    assert set(outcomes(run).values()) == {"passed"}, run.printed


def test_another_kind_of_loop_is_refused(run_suite: Callable[..., Run]) -> None:
    """Which cannot be told the time; the test must not run in real time instead."""
    pytest.importorskip("uvloop")

    run = run_suite("scopes", *ALONE, "-p", "with_uvloop")

    refused = text_of(
        run,
        "test_time_flies[uvloop]" if "[uvloop]" in run.printed else "test_time_flies",
    )
    assert "virtual_clock needs one of asyncio's own event loops" in refused
    assert "uvloop.Loop" in refused
    assert outcomes(run)["test_of_virtual_time_only"] == "skipped"
    assert outcomes(run)["test_real_time_goes_on_where_virtual_time_ended"] != "not run"


def test_a_test_of_another_plugin_is_refused(run_suite: Callable[..., Run]) -> None:
    """It has a loop and a clock of its own, which a clock for another leaves alone."""
    strict = ("-o", "asyncio_mode=strict")

    run = run_suite("of_anyio", *ALONE, *strict, plugins=("anyio",))

    refused = [text_of(run, f"test_of_anyio[{backend}]") for backend in BACKENDS]
    assert all("is run by another plugin" in text for text in refused)
