"""Runs the rendered tests with a given Python, leaving nothing in the project."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from verify import examples, process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verify.interpreters import Interpreter

RUNNER = Path(__file__).with_name("runner.py")
EXAMPLES = "asyncio_examples"
RUN_LIMIT = 300.0  # seconds; the suite takes about one

NONE_RENDERED = "holds no tests"
NONE_RUN = "no test of it was run"
TIMED_OUT = f"the run did not end within {RUN_LIMIT:g} s"
APART = "{names} in {origin}, since the other {reason}"
BROKEN = "pytest ended with exit code {code}: {last}"

# How the rendered suite begins to say why a test is skipped on such a loop.
OTHER_LOOP = "Skipped: virtual_clock needs one of asyncio's own event loops"

_TESTS_WERE_RUN = (0, 1, 5)  # pytest.ExitCode: OK, TESTS_FAILED, NO_TESTS_COLLECTED

# What a shell may hold that would make pytest run other tests, or run them otherwise,
# than in the project's next shell. PYTHONHOME belongs to Copier's Python, not to this.
_DROPPED = {
    "PYTEST_ADDOPTS",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    "PYTEST_PLUGINS",
    "PYTHONHOME",
    "__PYVENV_LAUNCHER__",
}


class Report(TypedDict):
    """What runner.py writes down; see there."""

    versions: dict[str, str]
    tests: dict[str, dict[str, str]]
    errors: list[dict[str, str]]


class Fault(NamedTuple):
    """A test, file or run that was not as it should be, and why."""

    what: str
    why: str


class Run(NamedTuple):
    """What came of running the suite.

    `ran` is the number of tests that ran, `seconds` the wall time of the whole run,
    `elsewhere` the number of those that were skipped since they need another loop.
    """

    interpreter: Interpreter
    versions: dict[str, str]
    ran: int
    elsewhere: int
    seconds: float
    faults: list[Fault]
    output: str

    @property
    def passed(self) -> bool:
        """Every rendered test ran and passed."""
        return not self.faults


def run(
    interpreter: Interpreter,
    project: Path,
    tests_dir: str,
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Run:
    """Run the rendered tests and compare what ran with what was rendered.

    Args:
        interpreter: The Python to run them with.
        project: The rendered project.
        tests_dir: Its tests directory, relative and with forward slashes.
        only: The libraries whose examples are run; all that was rendered by default.
        without: Those whose examples are left out.
    """
    where = f"{tests_dir}/{EXAMPLES}"
    below = [f"{where}/{examples.directory(name)}" for name in only]
    left_out = [f"{where}/{examples.directory(name)}" for name in without]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        finished = process.run(
            [
                interpreter.path,
                *(["-I"] if interpreter.isolated else []),
                "-B",
                RUNNER,
                report,
                "-p",
                "no:cacheprovider",
                "--color=no",
                "--continue-on-collection-errors",
                "-v",  # names each test before it runs, the one that hangs too
                # What a user's addopts select is not about these.
                *("-m", "", "-k", ""),
                f"--basetemp={Path(scratch, 'basetemp')}",
                *(f"--ignore={place}" for place in left_out),
                *(below or [where]),
            ],
            directory=project,
            limit=RUN_LIMIT,
            environment=environment(scratch),
        )
        ended = report.exists()
        recorded: Report = (
            those_in(where, json.loads(report.read_bytes()))
            if ended
            else {"versions": {}, "tests": {}, "errors": []}
        )
    seconds = time.monotonic() - started

    rendered = [
        path
        for path in samples(project, tests_dir)
        if not _is_below(path, left_out) and (not below or _is_below(path, below))
    ]
    elsewhere = sum(map(_needs_another_loop, recorded["tests"].values()))
    return Run(
        interpreter=interpreter,
        versions=recorded["versions"],
        ran=len(recorded["tests"]) - elsewhere,
        elsewhere=elsewhere,
        seconds=seconds,
        faults=_broken(finished, where, ended=ended)
        or _unfinished(recorded["errors"], recorded["tests"])
        + _unseen(rendered, recorded["errors"], recorded["tests"]),
        output=finished.output,
    )


def those_in(where: str, recorded: Report) -> Report:
    """Leave out what is not of the suite, and name what is from the project on.

    A user's `addopts` may bring other tests along, and where the settings are those of
    a directory further up, ids start there.
    """

    def of_suite(name: str) -> str | None:
        _, found, after = f"/{name}".partition(f"/{where}")
        return f"{where}{after}" if found and after[:1] in {"", "/"} else None

    tests = {of_suite(name): test for name, test in recorded["tests"].items()}
    errors = [{**each, "id": of_suite(each["id"])} for each in recorded["errors"]]
    return {
        "versions": recorded["versions"],
        "tests": {name: test for name, test in tests.items() if name is not None},
        "errors": [
            {"id": each["id"], "why": str(each["why"])}
            for each in errors
            if each["id"] is not None
        ],
    }


def samples(project: Path, tests_dir: str) -> list[str]:
    """Return the rendered test modules, relative and with forward slashes."""
    found = (project / tests_dir / EXAMPLES).rglob("test_*.py")
    return [path.relative_to(project).as_posix() for path in found]


def joined(first: Run, apart: Run, why: Mapping[str, str]) -> Run:
    """Return two runs as one: of the suite, and of some libraries' examples apart.

    Args:
        first: The run without them, whose interpreter and versions are told.
        apart: The run of the others.
        why: The reason for each of these libraries; the first of them is told.
    """
    note = APART.format(
        names=", ".join(map(examples.directory, why)),
        origin=apart.interpreter.origin,
        reason=next(iter(why.values())),
    )
    interpreter = first.interpreter
    return first._replace(
        interpreter=interpreter._replace(notes=(*interpreter.notes, note)),
        ran=first.ran + apart.ran,
        elsewhere=first.elsewhere + apart.elsewhere,
        seconds=first.seconds + apart.seconds,
        faults=first.faults + apart.faults,
        output=f"{first.output}\n{apart.output}",
    )


def _is_below(path: str, places: Sequence[str]) -> bool:
    return any(path.startswith(f"{place}/") for place in places)


def environment(scratch: str) -> dict[str, str]:
    """Return what tests run in: no bytecode, and none of a shell's settings.

    Should the user's addopts measure coverage, the figures go to a scratch directory:
    pytest-cov first erases those that are there. So does what Hypothesis keeps.
    """
    kept = {name: text for name, text in os.environ.items() if name not in _DROPPED}
    return kept | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(Path(scratch, "coverage")),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(scratch, "hypothesis")),
    }


def _broken(finished: process.Finished, where: str, *, ended: bool) -> list[Fault]:
    """Find what kept pytest from running its tests at all."""
    if finished.code is None:
        return [Fault(where, TIMED_OUT)]
    if not ended or finished.code not in _TESTS_WERE_RUN:
        last = (finished.output.strip().splitlines() or ["it printed nothing"])[-1]
        return [Fault(where, BROKEN.format(code=finished.code, last=last.strip()))]
    return []


def _unfinished(
    errors: list[dict[str, str]], tests: dict[str, dict[str, str]]
) -> list[Fault]:
    """Find files that could not be collected, and tests that did not pass."""
    return [Fault(error["id"], error["why"]) for error in errors] + [
        Fault(name, f"{test['outcome']}: {test['why']}")
        for name, test in sorted(tests.items())
        if test["outcome"] != "passed" and not _needs_another_loop(test)
    ]


def _needs_another_loop(test: dict[str, str]) -> bool:
    """Tell of a sample whether it says so itself, as on uvloop or Windows."""
    return test["outcome"] == "skipped" and test["why"].startswith(OTHER_LOOP)


def _unseen(
    rendered: list[str], errors: list[dict[str, str]], tests: dict[str, dict[str, str]]
) -> list[Fault]:
    """Find rendered files none of whose tests was run; none rendered is a fault too."""
    seen = {name.partition("::")[0] for name in tests}
    seen |= {error["id"] for error in errors}
    if not rendered:
        return [Fault(EXAMPLES, NONE_RENDERED)]
    return [Fault(name, NONE_RUN) for name in sorted(rendered) if name not in seen]
