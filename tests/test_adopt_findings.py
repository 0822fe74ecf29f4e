"""Adoption and updates end with what the checker finds in the user's tests."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from adopt import findings
from verify.process import Finished
from workbench import ROOT, git, run_copier, write_files

if TYPE_CHECKING:
    from pathlib import Path

OUTDATED = """\
import asyncio

import pytest


@pytest.mark.asyncio(scope="module")
async def test_waits(event_loop):
    await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_yields():
    yield 1
"""
FILES = {"conftest.py": "", "tests/test_old.py": OUTDATED}
BY_RULE = [
    findings.FOUND.format(count="3 things"),
    "  PTA101 event-loop-argument: 1, fixable",
    "  PTA105 asyncio-mark-scope: 1, fixable",
    "  PTA204 yield-in-async-test: 1, by hand",
    "Look at them: python scripts/fix_pytest_asyncio_imports.py --check",
    "Fix what can be fixed safely: python scripts/fix_pytest_asyncio_imports.py --fix",
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A repository with tests for pytest-asyncio 0.x, committed."""
    place = tmp_path / "old"
    mode = (
        "[pytest]\nasyncio_mode = strict\nasyncio_default_fixture_loop_scope = class\n"
    )
    write_files(place, FILES | {"pytest.ini": mode})
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message=Before")
    return place


def test_what_is_found_is_told_by_rule(tmp_path: Path) -> None:
    """With the commands that show it, and that fix it."""
    settings = "asyncio_default_fixture_loop_scope = function\n"
    write_files(tmp_path, FILES | {"pytest.ini": f"[pytest]\n{settings}"})

    assert findings.report(tmp_path) == BY_RULE


def test_what_is_fixed_by_hand_only_comes_without_a_command_for_it(
    tmp_path: Path,
) -> None:
    """A command that does nothing would be a promise broken."""
    text = "async def test_yields():\n    yield 1\n"
    mode = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = class\n"
    write_files(tmp_path, {"test_it.py": text, "pytest.ini": mode})

    assert findings.report(tmp_path) == [
        findings.FOUND.format(count="1 thing"),
        "  PTA204 yield-in-async-test: 1, by hand",
        "Look at them: python scripts/fix_pytest_asyncio_imports.py --check",
    ]


def test_one_rule_may_be_fixable_here_and_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many of them are is told."""
    one = {"code": "PTA102", "name": "event-loop-in-sync-test"}
    found = {"findings": [one | {"fix": "safe"}, one | {"fix": None}]}
    said = Finished(1, json.dumps(found))
    monkeypatch.setattr("verify.process.run", Mock(return_value=said))

    report = findings.report(tmp_path)

    assert report[1] == "  PTA102 event-loop-in-sync-test: 2, 1 of them fixable"


def test_nothing_found_is_said(tmp_path: Path) -> None:
    """Silence could as well be a checker that did not run."""
    assert findings.report(tmp_path) == [findings.NOTHING]


def test_nobody_waits_where_no_file_is_about_async_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite's own files are, and have nothing to find in them."""
    files = {"tests/test_it.py": "def test_it(): ...\n"}
    write_files(tmp_path, files | {"tests/utils/asyncio_helpers.py": "import asyncio"})
    git(tmp_path, "init", "--quiet")
    run = Mock()
    monkeypatch.setattr("verify.process.run", run)

    assert findings.report(tmp_path) == [findings.NOTHING]
    run.assert_not_called()


@pytest.mark.parametrize(
    ("finished", "why"),
    [
        (Finished(None, ""), f"it took more than {findings.LIMIT} seconds"),
        (Finished(1, "Traceback ...\nMemoryError\n"), "MemoryError"),
        (Finished(1, ""), "it said nothing"),
        (OSError(2, "No such file"), "[Errno 2] No such file"),
    ],
)
def test_a_checker_that_cannot_run_stops_nothing(
    finished: Finished | OSError,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The suite is in place by then: what is lacking is told in one line."""

    def run(*_: object, **__: object) -> Finished:
        if isinstance(finished, OSError):
            raise finished
        return finished

    monkeypatch.setattr("verify.process.run", run)

    assert findings.report(tmp_path) == [findings.NOT_CHECKED.format(why=why)]


def test_adoption_ends_with_it_and_changes_no_test(template: Path, old: Path) -> None:
    """Below the way back, above the way onwards."""
    words = ("copy", "--trust", "--defaults", template, ".")

    adopted = run_copier(*words, cwd=old)

    assert adopted.returncode == 0, adopted.stderr
    said = [adopted.stderr.index(line) for line in ("Undo: ", *BY_RULE, "Update later")]
    assert said == sorted(said)
    assert (old / "tests" / "test_old.py").read_text(encoding="utf-8") == OUTDATED


def test_an_update_ends_with_it(old: Path) -> None:
    """A new release may know more."""
    hook = [sys.executable, "-I", "-B", str(ROOT / "hooks"), "migrate", "--stage=after"]

    finished = subprocess.run(
        [*hook, "--version=0.1.0", "--ref=v0.1.0"],
        cwd=old,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "PTA105 asyncio-mark-scope: 1, fixable" in finished.stderr
    assert (old / "tests" / "test_old.py").read_text(encoding="utf-8") == OUTDATED
