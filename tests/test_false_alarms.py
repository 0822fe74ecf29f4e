"""The safety net does not complain of what is in order, however odd it looks.

The suites are in `tests/false_alarms`; `alarm_suites.py` says how to read them. Beside
what must pass stand real faults, so that nothing passes for want of looking.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from alarm_suites import copy_suite
from fault_runs import Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 90  # on a busy machine; a run takes a tenth of it
ERRORS = ("-W", "error")
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
BROKEN = "a part of the asyncio safety net failed"
ADVICE = "findings are advice"


@pytest.fixture
def run_suite(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs a suite in a rendered project, and looks at it."""

    def run(suite: str, *options: str, **more: object) -> Run:
        project = without_samples(tmp_path / suite)
        modules = copy_suite(suite, project)
        run = run_pytest(project, SECONDS, *options, **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        wrong = [each for module in modules for each in module.complaints(run)]
        assert not wrong, "\n".join(wrong)
        assert BROKEN not in run.printed, run.printed
        assert ADVICE not in run.printed, run.printed
        return run

    return run


CATCHING = ("randomly", "threadexception", "unraisableexception")
IN_ORDER = (*ALONE, *ERRORS)


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        pytest.param(IN_ORDER, {}, id="in-order"),
        pytest.param(
            ("-p", "no:xdist", "-p", "randomly", "-o", "asyncio_debug=true"),
            {"PYTHONASYNCIODEBUG": "1"},
            id="in-random-order-and-debug-mode",
        ),
        pytest.param(
            ("-n2", *(f"-pno:{name}" for name in CATCHING)),
            {},
            id="in-two-processes-without-plugins-of-pytest",
        ),
    ],
)
def test_nothing_ordinary_is_complained_of(
    run_suite: Callable[..., Run],
    options: tuple[str, ...],
    environment: dict[str, str],
) -> None:
    """Whatever the order, and whatever else is switched on or off."""
    run_suite("ordinary", *options, **environment)


def test_a_loop_for_the_whole_run_is_in_order(run_suite: Callable[..., Run]) -> None:
    """Many suites have one loop for all tests."""
    kinds = ("asyncio_default_fixture_loop_scope", "asyncio_default_test_loop_scope")
    words = [part for kind in kinds for part in ("-o", f"{kind}=session")]

    run_suite("ordinary", *IN_ORDER, *words)


def test_tests_that_are_measured_are_in_order(run_suite: Callable[..., Run]) -> None:
    """Tracing makes code slow; with the tracer in Python, by a factor of many."""
    tracing = {"COVERAGE_CORE": "pytrace"}

    run_suite("plugins", *ALONE, "--cov=tests", without=("trio",), **tracing)


def test_what_hooks_do_is_none_of_a_tests(run_suite: Callable[..., Run]) -> None:
    """Plugins watch and limit tests in ways of their own."""
    run_suite("hooks", *IN_ORDER)


def test_tests_of_other_kinds_are_in_order(run_suite: Callable[..., Run]) -> None:
    """Hypothesis, unittest, doctests and subtests run code in their own ways."""
    limit = ("-o", "asyncio_test_timeout=1")  # of which each example has its own

    run_suite("plugins", *IN_ORDER, *limit, "--doctest-modules", without=("trio",))


def test_tests_of_anyio_and_trio_are_in_order(run_suite: Callable[..., Run]) -> None:
    """Their plugins have loops of their own, of which the net knows nothing."""
    run_suite("anyio", *IN_ORDER, "-o", "asyncio_mode=strict", without=())


def test_a_busy_machine_is_no_fault(run_suite: Callable[..., Run]) -> None:
    """CI machines are, and laptops fall asleep."""
    run_suite("busy", *IN_ORDER, "-o", "asyncio_test_timeout=15")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows all threads")
def test_what_takes_its_time_is_no_long_sleep(run_suite: Callable[..., Run]) -> None:
    """Where something real goes on, a clock that jumps would be wrong."""
    checks = ("-o", "asyncio_checks=all: fail\nlong_sleep: fail")

    run_suite("waiting", *IN_ORDER, *checks)


def test_loops_of_other_makes_are_in_order(run_suite: Callable[..., Run]) -> None:
    """uvloop, where it is installed, and loops that the project has written itself."""
    # Errors of warnings in its finalizers make uvloop hang when a loop is closed.
    run_suite("factories", *ALONE)


# At each prompt the time limit passes before anybody types.
WAIT = "import time; time.sleep(1.5)\n"
TYPED = (
    f"{WAIT}p stopped\ncontinue\n"  # test_stops_at_a_breakpoint
    f"next\n{WAIT}next\n{WAIT}continue\n"  # test_is_stepped_through
    f"{WAIT}continue\n" * 2
)


def test_time_in_a_debugger_does_not_count(run_suite: Callable[..., Run]) -> None:
    """Who looks at a test would be thrown out of it."""
    limit = ("-o", "asyncio_test_timeout=1")

    run = run_suite("debugged", *IN_ORDER, *limit, typed=TYPED)

    assert run.printed.count("(Pdb)") >= TYPED.count("continue")


def test_no_time_is_limited_under_a_debugger_of_an_editor(
    run_suite: Callable[..., Run],
) -> None:
    """Pydevd and debugpy are attached from outside: their modules tell of them."""
    limit = ("-o", "asyncio_test_timeout=0.2")

    run_suite("attached", *IN_ORDER, *limit)
