"""`python hooks verify`: run the rendered suite and say what came of it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import cache, examples, gitlab, later, merge, outcome, suite
from verify.interpreters import NoInterpreterError, find_interpreter

if TYPE_CHECKING:
    from verify.outcome import Outcome

MODES = ("standard", "strict", "skip")
MODE_VARIABLE = "ASYNCIO_TESTING_VERIFY"
NOT_KEPT = "could not be kept ({path}: {why}), so here it is\n\n{report}\n"
BAD_MODE = "{variable}: {value!r} is not one of {modes}"


# The type of a subparsers action is private to argparse, hence Any.
def add_parser(commands: Any) -> None:  # noqa: ANN401 (see the line above)
    """Describe the command's words to argparse."""
    parser = commands.add_parser("verify", help=__doc__)
    add_arguments(parser)
    later.add_arguments(parser)
    parser.set_defaults(run=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the words that every command shares."""
    parser.add_argument(
        "--project", type=Path, default=Path(), help="the rendered project (.)"
    )
    parser.add_argument(
        "--tests-dir", default="tests", help="its tests directory (tests)"
    )
    parser.add_argument("--mode", choices=MODES, default="standard")
    examples.add_arguments(parser)
    parser.add_argument(
        "--files",
        default="",
        help="what single answers asked for, with a space between two paths",
    )
    parser.add_argument(
        "--updated",
        action="store_true",
        help="this is a tree that an update has merged, not one just rendered",
    )
    parser.add_argument(
        "--quiet",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="print nothing when all is well",
    )


def run(options: argparse.Namespace) -> int:
    """Verify a rendered project.

    Returns:
        The exit code: 0 when verified, skipped, or not verified in standard mode.
    """
    mode = chosen_mode(options)
    if mode is None:
        return 1
    project = options.project.resolve()
    result = unfinished(options, project, mode) or _verify(options, project, mode)
    if result.worth_saying or not options.quiet:
        print(result.text, file=sys.stderr, flush=True)
    if not options.quiet:
        for note in [*later.notes(options), *gitlab.notes(project, options.files)]:
            print(f"  {note}", file=sys.stderr, flush=True)
    return result.exit_code


def chosen_mode(options: argparse.Namespace) -> str | None:
    """Return the mode, or None, said to the user, when there is no such mode.

    The environment variable ASYNCIO_TESTING_VERIFY, one of the modes, outranks the
    recorded answer: it is for the one run in which that answer is wrong.
    """
    mode: str = os.environ.get(MODE_VARIABLE) or options.mode
    if mode in MODES:
        return mode
    modes = ", ".join(MODES)
    text = BAD_MODE.format(variable=MODE_VARIABLE, value=mode, modes=modes)
    print(text, file=sys.stderr)
    return None


def _verify(options: argparse.Namespace, project: Path, mode: str) -> Outcome:
    tests_dir = options.tests_dir
    if mode == "skip":
        return outcome.skipped(project, tests_dir)
    requirements = project / tests_dir / "requirements.txt"
    try:
        interpreter = find_interpreter(
            project, requirements, options.examples, quiet=options.quiet
        )
    except NoInterpreterError as error:
        return outcome.not_verified(project, tests_dir, error, strict=mode == "strict")
    run = suite.run(interpreter, project, tests_dir)
    undo = outcome.UNDO_UPDATE if options.updated else outcome.UNDO
    return result_of(run, project, tests_dir, undo=undo)


def unfinished(options: argparse.Namespace, project: Path, mode: str) -> Outcome | None:
    """Return why an updated tree cannot be verified as it is, or None.

    Conflicts are the user's to resolve; samples that they have deleted stay so.
    """
    if not options.updated or mode == "skip":
        return None
    strict = mode == "strict"
    conflicts = merge.conflicts(project)
    if conflicts:
        return outcome.not_merged(project, options.tests_dir, conflicts, strict=strict)
    if not suite.samples(project, options.tests_dir):
        return outcome.no_samples(project, strict=strict)
    return None


def result_of(run: suite.Run, project: Path, tests_dir: str, *, undo: str) -> Outcome:
    """Return the outcome of a run; the report of one that failed is kept.

    `undo` is what its text ends with: how to take back what was done.
    """
    if run.passed:
        return outcome.verified(project, tests_dir, run)
    report = _keep(project.name, outcome.full_report(project, run))
    return outcome.failed(run, report, undo=undo)


def _keep(name: str, report: str) -> str:
    """Keep a report in the cache and say where; where it cannot be kept, show it."""
    try:
        return str(cache.write_report(name, report))
    except OSError as error:
        return NOT_KEPT.format(path=error.filename, why=error.strerror, report=report)
