"""The fixer with several processes: the same answers, and nothing left of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fix_pytest_asyncio.processes import processors, quickest_way
from workbench import ROOT

FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"
UNSAFE = "import app\n\nasync def test_it():\n    app.work()\n"
COMMAND = [sys.executable, "-W", "error", str(ROOT / "tests" / "fixer_processes.py")]
INTERRUPTED = "interrupted: every file is either as it was or fixed\n"
MORE_OF_THE_SAME = pytest.param("forkserver", marks=pytest.mark.release)
# In an order in which the last are the most work.
FILES = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "app.py": "async def work():\n    return 1\n",
    **{f"test_{number:03}.py": FAULTY for number in range(60)},
    **{f"test_{number:03}.py": UNSAFE for number in range(60, 100)},
    "test_100.py": "pytest_asyncio = = 1\n",
    **{f"test_{number:03}.py": FAULTY * 20 for number in range(101, 130)},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: one with many files."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def started(method: str, *options: str, **wanted: Any) -> subprocess.Popen[str]:
    """Start the command in a group of its own, with processes as they are wanted.

    Args:
        method: How they are started.
        options: For the command.
        wanted: What befalls them; see fixer_processes.py.
    """
    return subprocess.Popen(
        [*COMMAND, *options, "--no-cache", "--jobs=2"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FIXER_PROCESSES": json.dumps({"method": method, **wanted}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return status and output, after the last process of the group has ended."""
    out, err = process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while is_there(process.pid):
        assert time.monotonic() < deadline, "a process is left behind"
        time.sleep(0.02)
    return process.returncode, out, err


def is_there(group: int) -> bool:
    """Tell whether there is a process of a group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def by_one_process(*options: str) -> tuple[int, str, str]:
    """Return status and output of a run that starts no others."""
    command = [sys.executable, "-m", "fix_pytest_asyncio", "--no-cache", "--jobs=1"]
    result = subprocess.run(
        [*command, *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout, result.stderr


def wait_for(name: str) -> None:
    """Wait for a process to say how far it is."""
    deadline = time.monotonic() + 30
    while not Path(name).exists():
        assert time.monotonic() < deadline, f"there is no {name!r}"
        time.sleep(0.01)


@pytest.mark.parametrize("method", ["fork", "spawn", MORE_OF_THE_SAME])
def test_the_output_is_the_same_however_the_work_is_done(method: str) -> None:
    """In the same order too; the process that asks does none of it itself."""
    told = ended(started(method, "--check", elsewhere=True))

    assert told == by_one_process("--check")
    assert told[0] == 2


def test_a_system_that_does_not_say_what_is_allowed_has_its_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows knows no such thing; of many processors, not all are of use."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)

    counts: list[int] = []
    for count in (None, 3, 1000):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        counts.append(processors())

    assert counts[:2] == [1, 3]
    assert 3 < counts[2] < 1000


def test_where_threads_run_processes_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a thread holds at the time would never be let go in a copy."""
    # A worker of pytest-xdist runs no file.
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__file__", __file__, raising=False)
    is_over = threading.Event()
    thread = threading.Thread(target=is_over.wait)
    thread.start()
    try:
        assert quickest_way() == "spawn"
    finally:
        is_over.set()
        thread.join()


def test_fixes_are_the_same_as_well(here: Path) -> None:
    """Others work them out, and the process that asks writes them."""
    told = ended(started("fork", "--fix"))
    fixed = {path.name: path.read_bytes() for path in here.iterdir()}
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")

    assert told == by_one_process("--fix")
    assert fixed == {path.name: path.read_bytes() for path in here.iterdir()}
    assert fixed["test_000.py"] != FAULTY.encode()


# --- What can go wrong ----------------------------------------------------------------

HINDERED = {
    "no semaphores": "fork",
    "semaphores refused": "spawn",
    "one process at most": "fork",
}


@pytest.mark.parametrize("hindrance", HINDERED)
def test_where_processes_cannot_be_had_one_does_it_all(hindrance: str) -> None:
    """Containers and services forbid this or that; the work is done all the same."""
    told = ended(started(HINDERED[hindrance], "--check", hindrance=hindrance))

    assert told == by_one_process("--check")


@pytest.mark.parametrize(
    "method", ["fork", pytest.param("spawn", marks=pytest.mark.release)]
)
def test_the_work_of_a_process_that_dies_is_done_by_another(method: str) -> None:
    """Systems that run out of memory kill what they like; no finding is lost."""
    told = ended(started(method, "--check", dies_at="test_110.py"))

    assert told == by_one_process("--check")


@pytest.mark.parametrize(
    "method",
    ["fork", pytest.param("spawn", marks=pytest.mark.release), MORE_OF_THE_SAME],
)
def test_ctrl_c_ends_all_processes(method: str) -> None:
    """At once, though they have enough to do, and with one line instead of several."""
    process = started(method, "--fix", waits_at="test_110.py")
    wait_for("waiting")

    os.killpg(process.pid, signal.SIGINT)

    assert ended(process) == (130, "", INTERRUPTED)
    assert all(Path(name).read_text("utf-8") == text for name, text in FILES.items())


def test_ctrl_c_while_processes_begin_is_one_line_as_well() -> None:
    """A new one has not yet been told that it is not asked."""
    process = started("spawn", "--check", begins_slowly=True)
    wait_for("beginning")

    os.killpg(process.pid, signal.SIGINT)

    assert ended(process) == (130, "", INTERRUPTED)


@pytest.mark.parametrize(
    ("method", "ending"), [("fork", signal.SIGTERM), ("spawn", signal.SIGKILL)]
)
def test_processes_end_with_the_one_that_asks(
    method: str, ending: signal.Signals
) -> None:
    """CI kills what takes too long; nobody else would end what it started."""
    process = started(method, "--check", waits_at="test_110.py")
    wait_for("waiting")

    process.send_signal(ending)

    assert ended(process)[0] == -ending
