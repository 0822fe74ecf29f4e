"""Programs that the hooks start end with them, and leave nothing behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from verify import process
from workbench import still_running

CHILD = """
import os, subprocess, sys

child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(os.getpid(), child.pid, flush=True)
"""
WAITS = CHILD + "child.wait()\n"


def python(code: str, *, limit: float = 60.0) -> process.Finished:
    """Run some Python."""
    return process.run([sys.executable, "-c", code], directory=Path(), limit=limit)


def test_it_returns_what_was_printed_and_the_exit_code() -> None:
    """Both streams in one text, in the order in which they were written."""
    code = "import os; os.write(1, b'one '); os.write(2, b'two'); raise SystemExit(3)"

    assert python(code) == process.Finished(3, "one two")


def test_output_that_is_no_utf_8_does_not_break_it() -> None:
    """A report with a strange character is better than none."""
    assert (
        python(r"import os; os.write(1, b'\xff')").output == "\N{REPLACEMENT CHARACTER}"
    )


def test_a_program_out_of_time_is_ended_with_all_that_it_started() -> None:
    """A hanging test must not outlive the run."""
    finished = python(WAITS, limit=10.0)  # enough to start, on a busy machine too

    assert finished.code is None
    pids = [int(pid) for pid in finished.output.split()]
    assert len(pids) == 2
    assert still_running(pids) == []


def test_what_a_finished_program_left_running_is_ended() -> None:
    """Nor may a child that a test forgot."""
    finished = python(CHILD)

    assert finished.code == 0
    _, child = (int(pid) for pid in finished.output.split())
    assert still_running([child]) == []


def test_it_gets_no_input() -> None:
    """A program that asks gets an answer at once: there is nobody."""
    assert "EOFError" in python("input()").output


def test_its_environment_can_be_given() -> None:
    """So that a shell's settings for another project do not apply."""
    finished = process.run(
        [sys.executable, "-c", "import os; print(os.environ['DOOR'])"],
        directory=Path(),
        limit=60.0,
        environment={**os.environ, "DOOR": "open"},
    )

    assert finished.output.strip() == "open"


def test_a_program_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    """The caller knows what it was for."""
    with pytest.raises(FileNotFoundError):
        process.run([tmp_path / "missing"], directory=tmp_path, limit=1.0)
