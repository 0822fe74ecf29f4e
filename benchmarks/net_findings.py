"""What the net finds in real suites: `python -m benchmarks.net_findings PATH...`.

Each PATH is a checkout with a virtual environment `.venv`, which holds the project and
what its tests need, pytest and pytest-asyncio. Its last commit is cloned into a scratch
directory, and its tests run there three times: as they are, with every check of the
net set to warn, and with every check set to fail. Nothing of the checkout is changed.

With `warn`, no test may have another outcome than without the net; those that have are
listed, be it that they are flaky. Every finding is listed once, with its tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.adopt import UNSET_SCOPE
from benchmarks.net_recorder import RECORD_TO
from benchmarks.working_tree import ROOT, git

LIMIT = 1800  # seconds for a suite
PACKAGE = (
    ROOT
    / "template/{{ asyncio_tests_dir }}/{{ asyncio_helpers_name }}"
    / "asyncio_support"
)
NET = ("-p", "asyncio_support.plugin", "-o")
ROW = "| {name} `{commit}` | {tests} | {found} | {seconds} |"


@dataclass
class Run:
    """What came of a run of a suite.

    Attributes:
        outcomes: That of each phase of each test.
        findings: The text of each finding of the net's, with the tests that had it.
        checks: How many findings each check had, in all tests.
        seconds: How long it had a processor: others may be using the machine.
        printed: The last lines that pytest printed.
    """

    outcomes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    findings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    checks: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    printed: str = ""


def main() -> None:
    """Run each suite three times, and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument(
        "--pytest", default="", metavar="WORDS", help="what pytest is given as well"
    )
    options = parser.parse_args()
    rows: list[str] = []
    for path in options.paths:
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(
                _try(path.resolve(), Path(scratch), shlex.split(options.pytest))
            )
    print("\n".join(rows))


def _try(checkout: Path, scratch: Path, words: list[str]) -> str:
    """Run the suite of a checkout three times, and return its row."""
    clone = scratch / checkout.name
    git(scratch, "clone", "-q", "--depth=1", checkout.as_uri(), str(clone))
    plugins = scratch / "plugins"
    shutil.copytree(PACKAGE, plugins / PACKAGE.name)
    shutil.copy(Path(__file__).with_name("net_recorder.py"), plugins)
    pytest = [str(checkout / ".venv/bin/pytest"), "-p", "net_recorder", *words]
    pytest += ["-p", "no:randomly", "-q", "--tb=short", "-W", UNSET_SCOPE]
    before = _run(pytest, clone, plugins)
    warned = _run([*pytest, *NET, "asyncio_checks=all: warn"], clone, plugins)
    failed = _run([*pytest, *NET, "asyncio_checks=all: fail"], clone, plugins)

    print(f"=== {checkout.name}")
    for name, run in (("without", before), ("warn", warned), ("fail", failed)):
        print(f"{name}: {run.seconds:.1f} s, {run.printed}")
    for test, change in _changes(before, warned):
        print(f"OTHER OUTCOME with warn: {test!r} {change}")
    blamed = {test for tests in failed.findings.values() for test in tests}
    for test, change in _changes(before, failed):
        if test not in blamed:
            print(f"OTHER OUTCOME with fail, and no finding: {test!r} {change}")
    both = {**failed.findings, **warned.findings}
    for text, tests in both.items():
        print(f"\n--- in {len(tests)}, first in {tests[0]}\n{text}")
    return ROW.format(
        name=checkout.name,
        commit=git(clone, "rev-parse", "--short=10", "HEAD").strip(),
        tests=len(before.outcomes),
        found=", ".join(f"{n} {c}" for c, n in warned.checks.items()) or "none",
        seconds=f"{before.seconds:.1f} / {warned.seconds:.1f} / {failed.seconds:.1f}",
    )


def _run(command: list[str], clone: Path, plugins: Path) -> Run:
    record = plugins / "record"
    record.write_text("", encoding="utf-8")
    known = os.environ | {"PYTHONPATH": str(plugins), RECORD_TO: str(record)}
    known["PYTHONDONTWRITEBYTECODE"] = "1"
    run = Run()
    began = _processor_time()
    try:
        finished = subprocess.run(
            command,
            cwd=clone,
            env=known,
            check=False,
            timeout=LIMIT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        run.printed = " ".join(finished.stdout.splitlines()[-1:])
        if finished.returncode > 1 or "a part of the asyncio" in finished.stdout:
            run.printed += "\n" + finished.stdout[-3000:] + finished.stderr[-3000:]
    except subprocess.TimeoutExpired:
        run.printed = f"stopped after {LIMIT} seconds"
    run.seconds = _processor_time() - began
    for line in record.read_text(encoding="utf-8").splitlines():
        phase = json.loads(line)
        run.outcomes.setdefault(phase["test"], []).append(phase["outcome"])
        for finding in phase["findings"]:
            run.checks[finding["check"]] += 1
            run.findings.setdefault(finding["text"], []).append(phase["test"])
    return run


def _processor_time() -> float:
    """Return how many seconds of it programs that have ended took."""
    times = os.times()
    return times.children_user + times.children_system


def _changes(before: Run, after: Run) -> list[tuple[str, str]]:
    """Return the tests whose outcomes differ, and how."""
    first, second = before.outcomes, after.outcomes
    if set(first) != set(second):  # a parameter can be another one each time
        first, second = _by_function(first), _by_function(second)
    pairs = ((t, first.get(t), second.get(t)) for t in {**first, **second})
    return [(test, f"was {was}, is {now}") for test, was, now in pairs if was != now]


def _by_function(outcomes: dict[str, list[str]]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for test, phases in outcomes.items():
        together.setdefault(test.partition("[")[0], []).extend(phases)
    return {test: sorted(phases) for test, phases in together.items()}


if __name__ == "__main__":
    main()
