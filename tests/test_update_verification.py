"""An update ends by running the merged suite, once, or by saying why that cannot be."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from updating import ANSWERS_FILE, SAMPLE, UPDATE, commit, edit, later, read, status
from verify import merge
from workbench import git, run_copier, write_files

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    Finished: TypeAlias = subprocess.CompletedProcess[str]

KINDS = pytest.mark.parametrize("kind", ["new", "existing"])
# Where both take the same way, new ones are tried before releases.
MOSTLY_EXISTING = pytest.mark.parametrize(
    "kind", [pytest.param("new", marks=pytest.mark.release), "existing"]
)
BROKEN = "tests/asyncio_examples/test_broken.py"
FAILS = "async def test_sums():\n    assert 1 + 1 == 3\n"
BACK = "git reset --hard && git clean -fd"
A_CHANGE = ("import asyncio\n", "import asyncio as mine\n")
ANOTHER = ("import asyncio\n", "import asyncio as theirs\n")


@pytest.fixture
def update_to(releases: Path, tmp_path: Path) -> Callable[..., Finished]:
    """Return a function that updates a project to a release with files changed."""

    def update_to(
        project: Path, files: dict[str, str | None], *words: str, **environment: str
    ) -> Finished:
        later(releases, tmp_path, project, files)
        return run_copier(*UPDATE, *words, cwd=project, **environment)

    return update_to


@KINDS
def test_the_merged_suite_is_run_once(
    kind: str, begin: Callable[..., Path], update_to: Callable[..., Finished]
) -> None:
    """Copier runs tasks three times in an update, on trees that nobody keeps."""
    project = begin(kind)

    finished = update_to(project, {BROKEN: "def test_new():\n    assert True\n"})

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.count("asyncio tests: verified. 62 tests passed") == 1
    assert finished.stderr.count("tests passed") == 1
    assert sorted(status(project)) == [f"?? {BROKEN}", f"M {ANSWERS_FILE}"]


@pytest.mark.parametrize(
    ("kind", "mode", "code"), [("new", "strict", 1), ("existing", "standard", 0)]
)
def test_conflicts_are_listed_and_nothing_is_run(
    kind: str,
    mode: str,
    code: int,
    begin: Callable[..., Path],
    releases: Path,
    update_to: Callable[..., Finished],
) -> None:
    """Markers would fail every test of the file, which says nothing new."""
    project = begin(kind)
    edit(project, {SAMPLE: A_CHANGE})
    theirs = read(releases, SAMPLE).replace(*ANOTHER)

    finished = update_to(project, {SAMPLE: theirs}, ASYNCIO_TESTING_VERIFY=mode)

    assert finished.returncode == code
    said = finished.stderr
    assert f"has left 1 file to merge by hand\n    {SAMPLE}\n" in said
    assert "Resolve the conflicts, `git add` each file" in said
    assert BACK in said
    assert "passed" not in said
    assert "failed." not in said


def test_rejected_parts_are_conflicts_also_where_git_ignores_them(
    begin: Callable[..., Path],
    releases: Path,
    update_to: Callable[..., Finished],
) -> None:
    """`--conflict=rej` leaves no marker in any file."""
    project = begin()
    edit(project, {SAMPLE: A_CHANGE})
    write_files(project, {".gitignore": "*.rej\n"})
    theirs = read(releases, SAMPLE).replace(*ANOTHER)

    finished = update_to(project, {SAMPLE: theirs}, "--conflict=rej")

    assert f"has left 1 file to merge by hand\n    {SAMPLE}.rej\n" in finished.stderr
    assert "delete what ends in .rej" in finished.stderr


def test_a_conflict_in_a_new_file_is_seen(
    begin: Callable[..., Path], update_to: Callable[..., Finished]
) -> None:
    """Git has no unmerged path there, since it knew the file of one side only."""
    project = begin()
    write_files(project, {BROKEN: "MINE = 1\n"})

    finished = update_to(project, {BROKEN: "THEIRS = 1\n"})

    assert f"has left 1 file to merge by hand\n    {BROKEN}\n" in finished.stderr


def test_a_file_about_conflicts_is_none(tmp_path: Path) -> None:
    """Of the user's own, committed, and without the words that Copier writes."""
    project = tmp_path / "ein Projekt"
    old = {"a.txt": "<<<<<<< before updating\n", "b.txt": "<<<<<<< HEAD\n"}
    write_files(project, old)
    commit(project)
    write_files(project, {"b.txt": "<<<<<<< HEAD\n=======\n>>>>>>> main\n"})

    assert merge.conflicts(project) == []
    assert merge.conflicts(tmp_path) == []  # which is in no repository

    write_files(project, {"sub/ä b.txt": "x\n<<<<<<< before updating\r\n"})
    assert merge.conflicts(project) == ["sub/ä b.txt"]
    assert merge.conflicts(project / "sub") == ["ä b.txt"]


@MOSTLY_EXISTING
def test_it_is_switched_off_by_an_answer_or_a_variable(
    kind: str, begin: Callable[..., Path], update_to: Callable[..., Finished]
) -> None:
    """`--skip-tasks` does not reach what runs in an update."""
    project = begin(kind)
    edit(project, {ANSWERS_FILE: ("verification: standard", "verification: skip")})

    finished = update_to(project, {BROKEN: FAILS})

    assert finished.returncode == 0
    assert "asyncio tests: not run, as asked" in finished.stderr
    git(project, "reset", "--quiet", "--hard")
    git(project, "clean", "-fdq")
    edit(project, {ANSWERS_FILE: ("verification: skip", "verification: standard")})
    commit(project)

    finished = run_copier(*UPDATE, cwd=project, ASYNCIO_TESTING_VERIFY="skip")

    assert finished.returncode == 0
    assert "asyncio tests: not run, as asked" in finished.stderr


@KINDS
def test_samples_that_were_deleted_are_not_missed(
    kind: str, begin: Callable[..., Path], update_to: Callable[..., Finished]
) -> None:
    """They are the template's style guide, not what the user needs for ever."""
    project = begin(kind)
    shutil.rmtree(project / "tests" / "asyncio_examples")

    finished = update_to(project, {})

    assert finished.returncode == 0
    assert "not verified, since its samples are not there any more" in finished.stderr
    assert not (project / "tests" / "asyncio_examples").exists()
