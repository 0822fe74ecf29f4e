"""The explorer: races are found, explained and replayed; what is right is left alone.

The suites in `tests/interleavings` are run in rendered projects.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fault_runs import Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SUITES = Path(__file__).parent / "interleavings"
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
PATIENCE = 90  # seconds, on a busy machine, before a run is killed
TITLE = "asyncio interleavings"
OF_ANOTHER = "ahtoin2paadem"  # a good one, of a test that is not there


@pytest.fixture
def run_suite(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs a suite in a rendered project."""

    def run(name: str, *options: str, alone: bool = True, **named: Any) -> Run:
        project = without_samples(tmp_path / "project")
        shutil.copy(SUITES / f"{name}.py", project / "tests" / f"test_{name}.py")
        chosen = ALONE if alone else ()
        return run_pytest(project, PATIENCE, *chosen, *options, **named)

    return run


def report_of(run: Run, test: str) -> str:
    """Return the report of a test that must have failed in one phase only."""
    [phase] = run.failed_phases(test)
    return phase.text


def token_in(report: str) -> str:
    """Return the token in a report."""
    [token] = re.findall(r"^  pytest --asyncio-replay (\w+)$", report, re.MULTILINE)
    return str(token)


def steps_in(report: str) -> list[str]:
    """Return of each step of the schedule in a report the function of its task."""
    steps = report.partition("The steps, with >")[2]
    return re.findall(r"^>? +\d+  the task .* \((\w+)\)$", steps, re.MULTILINE)


def conflicting_lines(report: str) -> set[int]:
    """Return the lines that a report says decide about the outcome."""
    _, _, conflict = report.partition("What decides is the order of these")
    places = conflict.partition("The steps, with >")[0]
    return {
        int(line) for line in re.findall(r"^ +at .*:(\d+) in ", places, re.MULTILINE)
    }


def outcomes(run: Run) -> dict[str, str]:
    """Return the outcome of each test, by its name alone."""
    return {test.rpartition("::")[2]: run.outcome(test) for test in run.phases}


def test_a_lost_update_is_found_and_its_twin_is_not_accused(
    run_suite: Callable[..., Run],
) -> None:
    """The race shows in no order that asyncio would run by itself."""
    run = run_suite("bank")

    assert outcomes(run) == {
        "test_lost_update": "failed",
        "test_lost_update_systematically": "failed",
        "test_no_update_is_lost": "passed",
        "test_no_update_is_lost_systematically": "passed",
    }, run.printed
    report = report_of(run, "test_bank.py::test_lost_update")
    assert "from asyncio's own in one place" in report


def test_the_report_names_the_tasks_and_the_lines_that_conflict(
    run_suite: Callable[..., Run],
) -> None:
    """Which two of them, and over what, is what takes longest to find out."""
    run = run_suite("bank", "-k", "test_lost_update and not systematically")

    report = report_of(run, "test_bank.py::test_lost_update")
    _, _, conflict = report.partition("What decides")
    told = [line.split("  ")[-1] for line in conflict.splitlines()[1:10:3]]
    assert told == [
        "the task 'early' (deposit) reads account.balance",
        "the task 'late' (deposit_later) writes account.balance",
        "the task 'early' (deposit) writes account.balance",
    ]
    text = (SUITES / "bank.py").read_text(encoding="utf-8")
    numbered = enumerate(text.splitlines(), 1)
    marked = {number for number, line in numbered if re.search("# (read|write)$", line)}
    assert conflicting_lines(report) == marked


def test_whatever_tasks_share_is_seen(run_suite: Callable[..., Run]) -> None:
    """Attributes, containers, variables; and nothing is said where nothing is seen."""
    run = run_suite("shared")

    text = (SUITES / "shared.py").read_text(encoding="utf-8")
    expected: dict[str, set[int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        marked = re.search(r"  # (test_\w+)$", line)
        if marked:
            expected.setdefault(marked[1], set()).add(number)
    told = {
        test.rpartition("::")[2]: conflicting_lines(report_of(run, test))
        for test in run.phases
        if run.outcome(test) == "failed"
    }
    assert told == expected


def test_a_token_replays_its_order_in_any_process(
    run_suite: Callable[..., Run],
) -> None:
    """What cannot be had again, nobody can debug."""
    found = run_suite("bank", "-k", "test_lost_update and not systematically")
    report = report_of(found, "test_bank.py::test_lost_update")

    for seed in ("0", "1", "2"):
        options = ("--asyncio-replay", token_in(report))
        run = run_suite("bank", *options, PYTHONHASHSEED=seed)

        assert outcomes(run) == {"test_lost_update": "failed"}, run.printed
        again = report_of(run, "test_bank.py::test_lost_update")
        assert "assert 10 == 15" in again or "assert 5 == 15" in again
        assert token_in(again) == token_in(report)


@pytest.mark.parametrize(
    ("options", "statement", "look", "shown"),
    [
        # The task "late" writes first, and then "early" what it has made of its 0.
        pytest.param(
            *(["-s"], "breakpoint()\n    ", "p before, account.balance"),
            ["(0, 0)", "(0, 5)"],
            id="breakpoint",
        ),
        pytest.param(["--pdb"], "", "p account.balance", ["10"], id="post-mortem"),
        pytest.param(
            ["--trace"], "", "p kwargs['account'].balance", ["0"], id="step-by-step"
        ),
    ],
)
def test_an_order_is_replayed_under_a_debugger(
    run_suite: Callable[..., Run],
    tmp_path: Path,
    options: list[str],
    statement: str,
    look: str,
    shown: list[str],
) -> None:
    """There it is looked at, and nothing comes in another order for it."""
    found = run_suite("bank", "-k", "test_lost_update and not systematically")
    report = report_of(found, "test_bank.py::test_lost_update")
    module = tmp_path / "project" / "tests" / "test_bank.py"
    text = module.read_text(encoding="utf-8")
    write = "account.balance = before + amount"
    module.write_text(text.replace(write, statement + write), encoding="utf-8")

    run = run_pytest(
        *(tmp_path / "project", PATIENCE, *ALONE),
        *("--asyncio-replay", token_in(report), *options),
        typed="".join(f"{look}\ncontinue\n" for _ in shown),
    )

    printed = re.findall(r"\(Pdb\) (\S.*)", run.printed)
    assert printed[: len(shown)] == shown, run.printed
    again = report_of(run, "test_bank.py::test_lost_update")
    assert token_in(again) == token_in(report)
    assert steps_in(again) == steps_in(report)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((*ALONE, "-v"), id="alone"),
        pytest.param(("-p", "no:randomly", "-n", "2"), id="in-two-processes"),
    ],
)
def test_pytest_does_with_a_marked_test_what_it_does_with_others(
    run_suite: Callable[..., Run], options: tuple[str, ...]
) -> None:
    """It is set up, run and reported once, as far as anybody can see."""
    options = (*options, "--dist=loadfile") if "-n" in options else options

    run = run_suite("pytest_parts", *options, alone=False)

    assert outcomes(run) == {
        "test_fixtures_are_anew": "passed",
        "test_wider_ones_stay": "passed",
        "test_parameters[1]": "failed",
        "test_parameters[2]": "passed",
        "test_expected_to_fail": "skipped",
        "test_passes_strictly": "failed",
        "test_skipped": "skipped",
        "test_fails_by_itself": "failed",
        "test_setup_fails": "failed",
        "test_has_an_object_of_its_own": "passed",
        "test_on_a_wider_loop": "failed",
        "test_hangs_in_one_order": "failed",
        "test_leaves_a_task_in_one_order": "failed",
    }, run.printed
    explored = {t for t, each in run.phases.items() if TITLE in str(each)}
    assert "test_pytest_parts.py::test_fails_by_itself" not in explored
    report = report_of(run, "test_pytest_parts.py::test_hangs_in_one_order")
    assert "[hang]" in report
    token_in(report)
    report = report_of(run, "test_pytest_parts.py::test_leaves_a_task_in_one_order")
    assert "[pending_task]" in report
    token_in(report)


@pytest.mark.parametrize(
    ("token", "line"),
    [
        pytest.param("garbage", "'garbage' is no token of this version", id="garbage"),
        pytest.param("afhnvmonaidk2", "is no token of this version", id="misspelt"),
        pytest.param("afhnvmona", "is no token of this version", id="cut-off"),
        pytest.param(OF_ANOTHER, "is of none of the tests", id="of-another-test"),
    ],
)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(ALONE, id="alone"),
        pytest.param(("-p", "no:randomly", "-n", "2"), id="in-two-processes"),
    ],
)
def test_a_token_that_is_none_gets_one_line(
    run_suite: Callable[..., Run], token: str, line: str, options: tuple[str, ...]
) -> None:
    """Nothing runs: the user meant one test in one order."""
    run = run_suite("bank", "--asyncio-replay", token, *options, alone=False)

    assert run.phases == {}
    [error] = [each for each in run.printed.splitlines() if each.startswith("ERROR")]
    assert line in error


def test_a_token_that_the_code_has_outgrown_fails_with_one_line(
    run_suite: Callable[..., Run], tmp_path: Path
) -> None:
    """It would run another order, and pass or fail for another reason."""
    found = run_suite("bank", "-k", "test_lost_update and not systematically")
    token = token_in(report_of(found, "test_bank.py::test_lost_update"))
    module = tmp_path / "project" / "tests" / "test_bank.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("await asyncio.sleep(0)", "pass"))

    run = run_pytest(tmp_path / "project", PATIENCE, *ALONE, "--asyncio-replay", token)

    [phase] = run.failed_phases("test_bank.py::test_lost_update")
    assert "the order of the token does not fit this test any more" in phase.text
    assert phase.text.count("\n") == 0


def test_a_marker_that_means_nothing_fails_its_test_with_one_line(
    run_suite: Callable[..., Run],
) -> None:
    """Ignored, it would leave a test unexplored that somebody relies on."""
    run = run_suite("mistaken", without=())

    told = {test: run.failed_phases(test) for test in run.phases}
    assert {(test, len(failed)) for test, failed in told.items()} == {
        (test, 1) for test in run.phases
    }
    assert len(told) == 9
    for test, [phase] in told.items():
        sync = "is for async tests that pytest-asyncio runs"
        lines = {
            "test_sync": sync,
            "test_hypothesis": "would both decide",
            "test_subtests": "pytest reports each subtest of each run",
        }
        line = lines.get(test.rpartition("::")[2], "the marker interleavings takes ")
        assert line in phase.text, test
        assert "\n" not in phase.text, test


def test_what_is_forced_is_so_in_any_order(run_suite: Callable[..., Run]) -> None:
    """Whoever waits for a state must not be accused of relying on luck."""
    run = run_suite("waiting")

    assert set(outcomes(run).values()) == {"passed"}, run.printed
