"""What benchmarks on public suites share: a clone, and what the fixer says of it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar

from benchmarks.working_tree import ROOT, git

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 900  # seconds for a suite


class Public(Protocol):
    """A suite in a public repository."""

    @property
    def repository(self) -> str:
        """The owner and the name on GitHub."""
        ...

    @property
    def commit(self) -> str:
        """What of it is looked at."""
        ...


AnySuite = TypeVar("AnySuite", bound=Public)


class Finding(TypedDict):
    """What of a finding is asked for here."""

    path: str
    line: int
    code: str
    message: str
    is_fixed: bool


class Problem(TypedDict):
    """What of a file that could not be read is asked for here."""

    path: str
    message: str


class Report(TypedDict):
    """What the fixer says of a checkout."""

    findings: list[Finding]
    problems: list[Problem]


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of what each of these benchmarks takes."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="of suites; else all")
    parser.add_argument("--repositories", type=Path, help="a directory with clones")
    return parser


def chosen(suites: Sequence[AnySuite], names: Sequence[str]) -> list[AnySuite]:
    """Return the suites of these names; all of them if there are no names."""
    return [suite for suite in suites if not names or name_of(suite) in names]


def name_of(suite: Public) -> str:
    """Return the name of a suite's repository."""
    return suite.repository.partition("/")[2]


def clone_of(suite: Public, repositories: Path | None, scratch: Path) -> Path:
    """Clone a suite's repository and check its commit out.

    Args:
        suite: The suite.
        repositories: Where there may be a clone already.
        scratch: A directory for it.
    """
    clone = scratch / name_of(suite)
    source = _source_of(suite, repositories)
    git(scratch, "clone", "-q", "--no-checkout", source, str(clone))
    git(clone, "checkout", "-q", suite.commit)
    return clone


def _source_of(suite: Public, repositories: Path | None) -> str:
    """Return where to clone a suite's repository from."""
    for name in (suite.repository, suite.repository.replace("/", "+")):
        for place in ("", "repo"):
            if repositories is None:
                continue
            path = repositories / name / place
            if any((path / each).exists() for each in ("HEAD", ".git")):
                return str(path.resolve())
    return f"https://github.com/{suite.repository}"


def date_of(clone: Path) -> str:
    """Return the date of the commit that is checked out."""
    return git(clone, "log", "-1", "--format=%cs").strip()


def report_on(clone: Path, *words: str) -> Report:
    """Run the fixer over a whole checkout."""
    command = [sys.executable, "-m", "fix_pytest_asyncio", *words, "--no-cache"]
    finished = subprocess.run(
        [*command, "--output=json", "."],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=LIMIT,
        stdout=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    report: Report = json.loads(finished.stdout)
    return report
