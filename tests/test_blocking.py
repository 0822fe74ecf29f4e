"""Calls and code that block the loop are found at their line, and nothing else is.

The suites in `tests/blocking` are run in rendered projects. A comment at the end of a
line names the test that must report it, and what the report must say.
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

SUITES = Path(__file__).parent / "blocking"
PATIENCE = 90  # seconds, on a busy machine, before a run is killed
ALONE = ("-p", "no:randomly", "-p", "no:xdist", "-W", "error")
FORKS = ("-W", "ignore:This process:DeprecationWarning")


@pytest.fixture
def run_suite(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs a suite of `tests/blocking` in a rendered project."""

    def run(name: str, *options: str) -> Run:
        project = without_samples(tmp_path / "project")
        shutil.copy(SUITES / f"{name}.py", project / "tests" / f"test_{name}.py")
        return run_pytest(project, PATIENCE, *ALONE, *options)

    return run


def expected(name: str) -> dict[str, list[tuple[int, str]]]:
    """Return, for each test of a suite, the lines to be named, and what with."""
    found: dict[str, list[tuple[int, str]]] = {}
    text = (SUITES / f"{name}.py").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        marked = re.search(r"  # (test_\w+)(: (.+))?$", line)
        if marked:
            found.setdefault(marked[1], []).append((number, marked[3] or ""))
    return found


def complaints(run: Run, name: str, check: str) -> list[str]:
    """Return what is wrong with the reports of a suite."""
    wrong: list[str] = []
    for test, places in expected(name).items():
        failed = run.failed_phases(f"test_{name}.py::{test}")
        text = "\n".join(phase.text for phase in failed)
        if len(failed) != 1 or text.count("  what to do  ") != 1:
            wrong.append(f"{test} must fail once, with one finding: {text}")
        elif not any(
            f"test_{name}.py:{line} in " in text and f"[{check}] {what}" in text
            for line, what in places
        ):
            wrong.append(f"{test} must name one of {places}: {text}")
    return wrong


def passed(run: Run) -> set[str]:
    """Return the names of the tests that passed."""
    return {
        test.rpartition("::")[2] for test in run.phases if run.outcome(test) == "passed"
    }


def test_a_known_call_is_named_with_its_line(run_suite: Callable[..., Run]) -> None:
    """Be it in a test, a fixture, a callback or a library that is called."""
    run = run_suite("calls")

    assert complaints(run, "calls", "blocking_call") == [], run.printed
    assert passed(run) == set()


def test_a_call_that_does_not_block_is_left_alone(
    run_suite: Callable[..., Run],
) -> None:
    """Nor is one where no loop runs, one in a thread, or one of asyncio's own."""
    run = run_suite("no_calls")

    assert len(passed(run)) == len(run.phases) > 0, run.printed


def test_code_that_keeps_the_loop_is_named(run_suite: Callable[..., Run]) -> None:
    """Where it is Python as where it is C."""
    run = run_suite("stalls", "-o", "asyncio_checks=all: off\nstalled_loop: fail")

    assert complaints(run, "stalls", "stalled_loop") == [], run.printed
    assert passed(run) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="it keeps to one processor")
def test_code_that_keeps_the_loop_is_named_on_a_busy_machine(
    run_suite: Callable[..., Run],
) -> None:
    """What the process is not given time for must not hide what it used."""
    run = run_suite("crowded", "-o", "asyncio_checks=all: off\nstalled_loop: fail")

    assert complaints(run, "crowded", "stalled_loop") == [], run.printed


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
def test_a_busy_machine_is_no_stalled_loop(run_suite: Callable[..., Run]) -> None:
    """Nor is work that lets others have their turn."""
    run = run_suite("no_stalls", *FORKS)

    assert len(passed(run)) == len(run.phases) > 0, run.printed


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("time.sleep", {"test_sleep", "test_of_a_fixture", "test_of_a_callback"}),
        ("*.test_calls.slow_fixture", {"test_of_a_fixture"}),
        ("*/site-packages/slow.py", {"test_of_a_library"}),
    ],
)
def test_a_setting_allows_what_may_block(
    run_suite: Callable[..., Run], pattern: str, allowed: set[str]
) -> None:
    """By the name of the call, of a function that leads to it, or of its file."""
    run = run_suite(
        "calls",
        *("-o", f"asyncio_blocking_allowed={pattern}"),
        *("-k", "sleep or fixture or callback or library"),
    )

    assert passed(run) == allowed | (passed(run) & {"test_of_a_library"})
    assert allowed <= passed(run)


def test_a_setting_allows_code_that_keeps_the_loop(
    run_suite: Callable[..., Run],
) -> None:
    """Found by how long it takes, it is a matter of the same setting."""
    run = run_suite("stalls", "-o", "asyncio_blocking_allowed=tests/test_stalls.py")

    assert len(passed(run)) == len(run.phases) > 0, run.printed


STAYS = """
import asyncio, concurrent.futures, gc, os, queue, socket, subprocess, sys, threading
import signal, time, warnings
import pytest

owners = (asyncio, asyncio.BaseEventLoop, asyncio.Lock, asyncio.Runner, gc, os)
owners += (warnings,)
owners += (concurrent.futures.Future, concurrent.futures.ThreadPoolExecutor, time, sys)
owners += (queue.Queue, socket.socket, subprocess.Popen, threading.Thread)
owners += (threading.Event, threading.Condition, signal)
changing = {"last_exc", "last_type", "last_value", "last_traceback"}

def state():
    found = {(each, name): vars(each)[name] for each in owners for name in vars(each)}
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    found = {key: each for key, each in found.items() if key[1] not in changing}
    return found, handlers

state()
pytest.main(["--co", "-q", "-p", "no:asyncio", "-c", os.devnull, os.devnull])
import pytest_asyncio.plugin
before, handlers = state()
status = pytest.main(["-q", "tests/test_calls.py"])
after, handlers_after = state()
changed = [key for key in before if after.get(key) is not before[key]]
changed += [key for key in after if key not in before]
print("status", int(status))
print("changed", changed, [n for n in handlers if handlers[n] != handlers_after[n]])
print("depth", sys.get_coroutine_origin_tracking_depth(), gc.get_freeze_count())
print("threads", [each.name for each in threading.enumerate()])
"""


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="asyncio has no Runner to look at"
)
def test_nothing_stands_in_for_anything_later(suite: pytest.Pytester) -> None:
    """A process that runs pytest may go on to do something else."""
    shutil.copy(SUITES / "calls.py", suite.path / "tests" / "test_calls.py")
    script = suite.makepyfile(script=STAYS)

    result = suite.run(sys.executable, script)

    result.stdout.fnmatch_lines(
        ["status 1", "changed ?? ??", "depth 0 0", "threads [[]'MainThread'[]]"]
    )
