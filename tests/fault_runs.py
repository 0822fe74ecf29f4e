"""Running modules of the fault corpus, from outside, whatever they do to their process.

What comes of each test is known phase by phase, also where the run had to be killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from report_recorder import RECORD_TO

if TYPE_CHECKING:
    from collections.abc import Iterable

# Those of this repository's environment, as the rendered suite knows nothing of them.
WITHOUT = ("anyio", "cacheprovider", "hypothesispytest", "pytest_cov", "trio")
PYTEST = ("-m", "pytest")
_RECORDED = ("-p", "report_recorder")
_SECONDS_TO_TELL = 5


class Phase(NamedTuple):
    """What pytest reported of the setup, the call or the teardown of a test."""

    when: str
    outcome: str
    text: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        phases: Those of each test, under file and function: `test_a.py::test_b`.
        printed: Everything it printed.
    """

    phases: dict[str, list[Phase]]
    printed: str

    def outcome(self, test: str) -> str:
        """Return "passed" if all three phases did, else what the first other did."""
        phases = self.phases.get(test, [])
        others = [each.outcome for each in phases if each.outcome != "passed"]
        # With subtests, there is a call for each.
        stages = dict.fromkeys(each.when for each in phases)
        whole = list(stages) == ["setup", "call", "teardown"]
        return [*others, "passed" if whole else "not run"][0]

    def failed_phases(self, test: str) -> list[Phase]:
        """Return the phases of a test that failed."""
        return [each for each in self.phases.get(test, []) if each.outcome == "failed"]


def run_pytest(
    project: Path,
    patience: float,
    *options: str,
    program: Iterable[str] = PYTEST,
    without: Iterable[str] = WITHOUT,
    typed: str = "",
    **environment: str,
) -> Run:
    """Run pytest in a project; kill it, and what it has started, if it hangs.

    Args:
        project: Where to run; what it prints and reports is kept beside it.
        patience: After how many seconds it is killed.
        options: What pytest is given.
        program: What Python is to run; something that runs pytest.
        without: The plugins to leave out.
        typed: What it reads as if somebody typed it.
        environment: Variables to set.
    """
    printed, record, typing = (
        project.with_suffix(each) for each in (".txt", ".json", ".in")
    )
    record.write_text("", encoding="utf-8")
    typing.write_text(typed, encoding="utf-8")
    plugins = [part for name in without for part in ("-p", f"no:{name}")]
    # No pipe: a child process that a test leaves behind would keep it open.
    with printed.open("wb") as output, typing.open("rb") as keyboard:
        process = subprocess.Popen(
            [sys.executable, *program, *plugins, *_RECORDED, *options],
            cwd=project,
            env=_environment(record) | environment,
            stdin=keyboard,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # pytest then prints where it hangs
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_TELL)
        finally:
            _stop(process)
    return Run(_read(record), printed.read_text(encoding="utf-8", errors="replace"))


def _environment(record: Path) -> dict[str, str]:
    """Return an environment without what speaks to the pytest that runs this."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST")
    }
    return kept | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).parent),
        RECORD_TO: str(record),
    }


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all of its session; nothing, if they have ended."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(record: Path) -> dict[str, list[Phase]]:
    """Read what the recorder wrote, in the order of the run."""
    phases: dict[str, list[Phase]] = {}
    for line in record.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        path, *_, name = found.pop("test").split("::")
        phases.setdefault(f"{Path(path).name}::{name}", []).append(Phase(**found))
    return phases
