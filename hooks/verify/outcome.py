"""Words what a verification came to. The last lines that the user reads are these."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from verify import examples
from verify.suite import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from verify.interpreters import NoInterpreterError
    from verify.suite import Run

VERIFIED = """\
asyncio tests: verified. {count} passed in {seconds:.1f} s{elsewhere}
  with {versions}
  in {origin}
  Run them again: {again}"""
ELSEWHERE = """
  {count} of virtual time skipped, which this suite's event loop cannot be told"""
NOT_RUN = """
  Not run: {names}, since {reason}"""
NOT_VERIFIED = """\
asyncio tests: not verified, since {reason}
  Run them later: {again}"""
FAILED = """\
asyncio tests: failed. {faults} of what was rendered did not pass, {count} ran
{list}
  with {versions}
  in {origin}
  The full report: {report}"""
NOT_MERGED = """\
asyncio tests: not verified, since the update has left {count} to merge by hand
{list}
  Resolve the conflicts, `git add` each file, delete what ends in .rej, and then run
  {again}
  Or take the update back: {back}"""
NO_SAMPLES = """\
asyncio tests: not verified, since its samples are not there any more
  Run your own tests: cd {project} && python -m pytest"""
# All that an update changes is in a tree that was clean before.
BACK = "git reset --hard && git clean -fd"
UNDO_UPDATE = f"""
  The merged tree is kept. Mend it and commit, or take the update back:
  {BACK}"""
UNDO = """
  Undo: delete the rendered files. Copier deletes a directory that it has just made;
  `copier copy --no-cleanup` keeps it."""
SKIPPED = """\
asyncio tests: not run, as asked
  Run them later: {again}"""
LISTED = 12


class Outcome(NamedTuple):
    """What to print, whether also under --quiet, and the exit code."""

    text: str
    worth_saying: bool
    exit_code: int


def verified(project: Path, tests_dir: str, run: Run) -> Outcome:
    """Every rendered test ran and passed, where its event loop lets it."""
    count = _tests(run.elsewhere)
    elsewhere = ELSEWHERE.format(count=count) if run.elsewhere else ""
    text = VERIFIED.format(
        count=_tests(run.ran),
        seconds=run.seconds,
        elsewhere=elsewhere,
        versions=_versions(run),
        origin=_origin(run),
        again=run_again(project, tests_dir),
    )
    return Outcome(text, worth_saying=False, exit_code=0)


def partly_verified(  # noqa: PLR0913 (each is named at the call)
    project: Path,
    tests_dir: str,
    run: Run,
    libraries: Iterable[str],
    error: NoInterpreterError,
    *,
    strict: bool,
) -> Outcome:
    """Every rendered test ran and passed but the examples of some libraries."""
    whole = verified(project, tests_dir, run)
    names = ", ".join(map(examples.directory, libraries))
    text = whole.text + NOT_RUN.format(names=names, reason=error)
    return Outcome(text, worth_saying=True, exit_code=int(strict))


def not_verified(
    project: Path, tests_dir: str, error: NoInterpreterError, *, strict: bool
) -> Outcome:
    """Nothing could run the tests: an error if the user wants it to be one."""
    again = run_again(project, tests_dir)
    text = NOT_VERIFIED.format(reason=error, again=again)
    return Outcome(text, worth_saying=True, exit_code=int(strict or error.fatal))


def not_merged(
    project: Path, tests_dir: str, conflicts: Sequence[str], *, strict: bool
) -> Outcome:
    """An update has left conflicts: which, and what to do."""
    text = NOT_MERGED.format(
        count="1 file" if len(conflicts) == 1 else f"{len(conflicts)} files",
        list="\n".join(f"    {path}" for path in conflicts),
        again=run_again(project, tests_dir),
        back=BACK,
    )
    return Outcome(text, worth_saying=True, exit_code=int(strict))


def no_samples(project: Path, *, strict: bool) -> Outcome:
    """The user has deleted what a verification runs."""
    text = NO_SAMPLES.format(project=shlex.quote(str(project)))
    return Outcome(text, worth_saying=True, exit_code=int(strict))


def failed(run: Run, report: str, *, undo: str) -> Outcome:
    """A test did not pass, or was not run; `undo` says how to take it back."""
    listed = [f"  {fault.what}\n    {fault.why}" for fault in run.faults[:LISTED]]
    if len(run.faults) > LISTED:
        listed.append(f"  and {len(run.faults) - LISTED} more, in the report")
    text = FAILED.format(
        faults=len(run.faults),
        count=_tests(run.ran),
        list="\n".join(listed),
        versions=_versions(run) or "versions that pytest did not get to report",
        origin=_origin(run),
        report=report,
    )
    return Outcome(text + undo, worth_saying=True, exit_code=1)


def skipped(project: Path, tests_dir: str) -> Outcome:
    """The user does not want the tests to be run."""
    text = SKIPPED.format(again=run_again(project, tests_dir))
    return Outcome(text, worth_saying=False, exit_code=0)


def full_report(project: Path, run: Run) -> str:
    """Return everything that is known of a failed run."""
    faults = "\n".join(f"{fault.what}: {fault.why}" for fault in run.faults)
    return (
        f"project: {project}\npython: {run.interpreter.path}\n"
        f"environment: {_origin(run)}\nversions: {_versions(run)}\n"
        f"\n{faults}\n\n{run.output}"
    )


def run_again(project: Path, tests_dir: str) -> str:
    """Return the one command that installs what the tests need and runs them."""
    # In a shell of the user's, in an environment of the user's: only they may fill it.
    requirements = f"{tests_dir}/requirements.txt"
    if (project / requirements).exists():
        run = f"python -m pip install -r {requirements} && python -m pytest"
    else:  # an existing repository declares them where it declares its own
        run = f"python -m pytest {tests_dir}/{EXAMPLES}"
    return f"cd {shlex.quote(str(project))} && {run}"


def _tests(count: int) -> str:
    return f"{count} test" if count == 1 else f"{count} tests"


def _versions(run: Run) -> str:
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())


def _origin(run: Run) -> str:
    return "; ".join([run.interpreter.origin, *run.interpreter.notes])
