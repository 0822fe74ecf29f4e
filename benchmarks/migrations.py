"""What the fixer does to real suites: `python -m benchmarks.migrations [NAME...]`.

Each suite of `migrated_suites.py` is cloned at its commit and run three times: with the
packages of its day; with pytest and pytest-asyncio upgraded, and nothing else; and with
that after `--fix`, with no edit by hand. `uv` makes the environments, and installs what
was there on the day. `--repositories` takes the clones from a directory that has them
by the names OWNER/NAME or OWNER+NAME; else they come from GitHub.

A test that passed then and does not after `--fix` is listed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.adopt import markdown
from benchmarks.migrated_suites import SUITES
from benchmarks.net_recorder import RECORD_TO
from benchmarks.public_suites import (
    chosen,
    clone_of,
    date_of,
    parser_of,
    report_on,
)
from benchmarks.working_tree import git

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.migrated_suites import Suite
    from benchmarks.public_suites import Finding

LIMIT = 900  # seconds for a suite: some hang once they are upgraded
GO_ON = "--continue-on-collection-errors"
MOST_SHOWN = 10  # tests
UPGRADE = ("pytest==9.2.*", "pytest-asyncio==1.5.*")
HEADINGS = (
    *("suite", "commit", "date", "versions then"),
    *("passed then", "passed upgraded", "passed after `--fix`"),
    *("fixed", "left"),
)


@dataclass
class Run:
    """What came of a run of a suite.

    Attributes:
        passed: How many tests of each name passed.
        printed: What pytest printed.
    """

    passed: Counter[str] = field(default_factory=Counter[str])
    printed: str = ""

    def lost(self, then: Run) -> list[str]:
        """Return the tests that passed in another run and do not in this one.

        A parameter can be another one each time, a UUID or an address: where a function
        has as many passing tests as then, none of them counts as lost.
        """
        fewer = by_function(then.passed) - by_function(self.passed)
        lost = then.passed - self.passed
        return [name for name in lost if name.partition("[")[0] in fewer]


class Checkout:
    """A suite's commit, with an environment of its day.

    Args:
        suite: The suite.
        repositories: Where there may be a clone of its repository.
        scratch: An empty directory for it.
    """

    def __init__(self, suite: Suite, repositories: Path | None, scratch: Path) -> None:
        self.suite = suite
        self.clone = clone_of(suite, repositories, scratch)
        self.python = scratch / "environment/bin/python"
        self._plugins = Path(__file__).parent
        git(self.clone, "tag", "--force", "v0")  # for versions that come from tags

    def install(self) -> None:
        """Install what the suite was run with."""
        environment = str(self.python.parents[1])
        self._uv("venv", "-q", "--python", self.suite.python, environment)
        project = f"-e.{self.suite.extras}"
        self._pip("--exclude-newer", self.suite.date, project, *self.suite.packages)

    def upgrade(self) -> None:
        """Upgrade pytest and pytest-asyncio, and nothing that they do not need."""
        self._pip(*UPGRADE)

    def versions(self) -> str:
        """Return the versions of Python, pytest and pytest-asyncio."""
        code = (
            "import platform; from importlib.metadata import version; "
            'print(f\'Python {platform.python_version()}, pytest {version("pytest")}, '
            'pytest-asyncio {version("pytest-asyncio")}\')'
        )
        return checked(str(self.python), "-c", code, cwd=self.clone).strip()

    def _pip(self, *words: str) -> None:
        self._uv("pip", "install", "-q", "--python", str(self.python), *words)

    def _uv(self, *words: str) -> None:
        checked("uv", *words, cwd=self.clone)

    def run(self) -> Run:
        """Run the tests."""
        record = self.python.parents[1] / "record"
        record.write_text("", encoding="utf-8")
        words = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        words += ["-p", "net_recorder", "--tb=line", GO_ON, *self.suite.pytest]
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        known = os.environ | {"PATH": path, "PYTHONPATH": str(self._plugins)}
        run = Run()
        try:
            finished = subprocess.run(
                words,
                cwd=self.clone,
                env=known | {RECORD_TO: str(record), "PYTHONDONTWRITEBYTECODE": "1"},
                check=False,
                timeout=LIMIT,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
            )
            run.printed = finished.stderr + finished.stdout
        except subprocess.TimeoutExpired:
            run.printed = f"stopped after {LIMIT} seconds"
        run.passed = passed_in(record.read_text(encoding="utf-8"))
        return run

    def fix(self) -> list[Finding]:
        """Run the fixer over the whole checkout, and return what it found."""
        return report_on(self.clone, "--fix")["findings"]


def main() -> None:
    """Migrate each suite and print its row."""
    parser = parser_of(__doc__)
    parser.add_argument(
        "--keep", type=Path, help="an empty directory, to keep checkouts and logs in"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep.resolve() if options.keep else Path(scratch)
        suites = chosen(SUITES, options.names)
        rows = [migrate(suite, options.repositories, place) for suite in suites]
    print("\n" + markdown(HEADINGS))
    print(markdown(["---"] * len(HEADINGS)))
    print("\n".join(map(markdown, rows)))
    print("\n".join(f"{each.name}: {each.note}" for each in suites if each.note))


def migrate(suite: Suite, repositories: Path | None, place: Path) -> Sequence[str]:
    """Run a suite three times, and return its row."""
    scratch = place / f"migration-of-{suite.name}"
    scratch.mkdir()
    print(f"=== {suite.name}", flush=True)
    checkout = Checkout(suite, repositories, scratch)
    checkout.install()
    versions = checkout.versions()
    then = logged(checkout, "then")
    checkout.upgrade()
    upgraded = logged(checkout, "upgraded")
    fixes = checkout.fix()
    (scratch / "findings.json").write_text(json.dumps(fixes, indent=2))
    (scratch / "patch").write_text(git(checkout.clone, "diff"), encoding="utf-8")
    fixed = logged(checkout, "fixed")
    lost = fixed.lost(then)
    for name in lost[:MOST_SHOWN]:
        print(f"  passed then, and not after --fix: {name!r}", flush=True)
    if lost[MOST_SHOWN:]:
        print(f"  ... and {len(lost) - MOST_SHOWN} more")
    return (
        suite.name,
        f"`{suite.commit[:10]}`",
        date_of(checkout.clone),
        versions,
        str(then.passed.total()),
        passing(then, upgraded),
        passing(then, fixed),
        listed(fixes, is_fixed=True),
        listed(fixes, is_fixed=False),
    )


def logged(checkout: Checkout, name: str) -> Run:
    """Run the tests, and keep what pytest printed."""
    run = checkout.run()
    log = checkout.clone.parent / f"{name}.log"
    log.write_text(run.printed, encoding="utf-8")
    last = run.printed.splitlines()[-1:]
    print(f"  {name}: {run.passed.total()} passed; {''.join(last)}", flush=True)
    return run


def passing(then: Run, now: Run) -> str:
    """Say how many tests pass, and how many of them did before."""
    lost = len(now.lost(then))
    return f"{now.passed.total()}" + (f" ({lost} lost)" if lost else "")


def passed_in(record: str) -> Counter[str]:
    """Return the tests of which each phase passed."""
    outcomes: dict[str, list[str]] = {}
    passed: Counter[str] = Counter()
    for line in record.splitlines():
        phase = json.loads(line)
        if phase["when"] == "setup":
            outcomes[phase["test"]] = []
        phases = outcomes.setdefault(phase["test"], [])
        phases.append(phase["outcome"])
        # pytest 9 has a call for each `subTest` as well.
        if phase["when"] == "teardown" and phases == ["passed"] * max(len(phases), 3):
            passed[phase["test"]] += 1
    return passed


def by_function(tests: Counter[str]) -> Counter[str]:
    """Return how many tests a function has."""
    together: Counter[str] = Counter()
    for name, count in tests.items():
        together[name.partition("[")[0]] += count
    return together


def listed(findings: Sequence[Finding], *, is_fixed: bool) -> str:
    """Return the rules of what was fixed, or was not, with their counts."""
    codes = Counter(each["code"] for each in findings if each["is_fixed"] is is_fixed)
    return ", ".join(f"{n} {code}" for code, n in sorted(codes.items())) or "none"


def checked(*words: str, cwd: Path) -> str:
    """Run a program that has to succeed, and return what it printed.

    Raises:
        SystemExit: It failed.
    """
    finished = subprocess.run(
        words, cwd=cwd, check=False, capture_output=True, text=True, timeout=LIMIT
    )
    if finished.returncode:
        print(finished.stdout, finished.stderr, sep="", file=sys.stderr)
        raise SystemExit(" ".join(words))
    return finished.stdout


if __name__ == "__main__":
    main()
