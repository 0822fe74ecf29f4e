"""`copier update`: what is new arrives, and what is the user's stays."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, cast

import pytest
from allpairspy import AllPairs  # pyright: ignore[reportMissingTypeStubs]

import workbench
from adopt_cases import files_in
from updating import (
    ANSWERS_FILE,
    GUIDE,
    SAMPLE,
    SHOP,
    commit,
    edit,
    later,
    read,
    start,
    status,
)
from workbench import NEXT, ROOT, git, releases, run_copier, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from subprocess import CompletedProcess

# What could be answered in each release; the first of each is the default.
QUESTIONS = {
    "0.1.0": {
        "asyncio_repository": ["new", "existing"],
        "asyncio_tests_dir": ["tests", "app/tests"],
        "asyncio_helpers": ["utils", "asyncio_testing", "top_level"],
        "asyncio_loop_scope": ["function", "module", "session"],
        "asyncio_verification": ["standard", "strict", "full", "skip"],
    }
}
# Releases whose answers mean something else now: what became of them.
CARRIED_OVER = {
    ("asyncio_verification", "full"): {
        "asyncio_verification": "standard",
        "asyncio_comparison": "outcomes",
    }
}
# What an update answers where a release did not ask, other than the default.
ANSWERED_SINCE = {"0.1.0": {"asyncio_checks": "warn"}}


def answered(version: str) -> list[dict[str, str]]:
    """Return sets of answers in which each pair of two answers occurs."""
    questions = QUESTIONS[version]
    rows = cast("Iterable[list[str]]", AllPairs(questions.values()))
    return [dict(zip(questions, row, strict=True)) for row in rows]


def test_every_release_is_in_the_matrix() -> None:
    """Or it would be left out of it without a word."""
    assert set(QUESTIONS) == set(releases())


def test_every_release_is_listed_with_its_commit() -> None:
    """All that the changelog has, but for the one that is being worked on."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"(?m)^## (\S+)$", changelog)

    assert list(releases()) in (versions[::-1], versions[:0:-1])
    for version, sha in releases().items():
        project = git(ROOT, "show", f"{sha}:pyproject.toml")
        assert f'\nversion = "{version}"\n' in project
        git(ROOT, "merge-base", "--is-ancestor", sha, "HEAD")


def test_a_history_that_is_missing_is_no_reason_to_test_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shallow clone must be seen, not skipped."""
    monkeypatch.setattr(workbench, "releases", lambda: {"0.0.1": "f" * 40})

    with pytest.raises(AssertionError, match="which `git fetch --unshallow` brings"):
        workbench.history(tmp_path)


# All pairs of answers are tried for a release, some of them each time.
SOME = 4
MATRIX = [
    pytest.param(
        version,
        answers,
        id=f"{version}-{'-'.join(answers.values())}",
        marks=() if number < SOME else pytest.mark.release,
    )
    for version in QUESTIONS
    for number, answers in enumerate(answered(version))
]


@pytest.mark.parametrize(("version", "answers"), MATRIX)
def test_an_update_without_edits_is_a_fresh_copy(
    version: str,
    answers: dict[str, str],
    releases: Path,
    tmp_path: Path,
    update: Callable[..., object],
) -> None:
    """Byte for byte, the user's own files included, from every release."""
    old, new = tmp_path / "old" / "project", tmp_path / "new" / "project"
    start(releases, old, version, answers)
    now = answers | ANSWERED_SINCE.get(version, {})
    for answer in answers.items():
        now |= CARRIED_OVER.get(answer, {})
    start(releases, new, NEXT, now)

    update(old)

    assert _by_line(files_in(old)) == _by_line(files_in(new))


def _by_line(files: dict[str, bytes]) -> dict[str, bytes | list[bytes]]:
    """Leave aside the order of settings in a file that is the user's as well.

    A new one is added at the end; a fresh copy has it among the others.
    """
    shared = "pyproject.toml"
    return {
        path: sorted(text.splitlines()) if path == shared else text
        for path, text in files.items()
    }


def test_what_the_user_has_changed_stays_and_what_is_new_arrives(
    begin: Callable[..., Path],
    releases: Path,
    tmp_path: Path,
    update: Callable[..., object],
) -> None:
    """In the same files, which the template owns, and in one that both may change."""
    project = begin()
    edits = {
        "conftest.py": ("suite.", "suite.\n\nMine: fixtures."),
        "pytest.ini": ("[pytest]\n", "[pytest]\n; Mine.\n"),
        SAMPLE: ("import asyncio\n", "import asyncio\nimport mine\n"),
        GUIDE: ("# ", "# Mine: "),
    }
    edit(project, edits)
    commit(project)
    news = {path: f"{read(releases, path)}# New.\n" for path in edits}
    later(releases, tmp_path, project, news)

    update(project)

    for path, (_, mine) in edits.items():
        text = (project / path).read_text(encoding="utf-8")
        assert mine in text, path
        assert text.endswith("# New.\n"), path
    assert status(project) == [f"M {path}" for path in sorted([ANSWERS_FILE, *edits])]


def test_what_the_user_has_deleted_stays_deleted(
    begin: Callable[..., Path],
    releases: Path,
    tmp_path: Path,
    update: Callable[..., object],
) -> None:
    """A file, a directory, and one that the template has changed since."""
    project = begin()
    (project / GUIDE).unlink()
    (project / SAMPLE).unlink()
    shutil.rmtree(project / "scripts")
    commit(project)
    later(releases, tmp_path, project, {SAMPLE: read(releases, SAMPLE) + "# New.\n"})

    update(project)

    assert status(project) == [f"M {ANSWERS_FILE}"]


def test_another_tests_directory_takes_the_files_along_and_no_others(
    begin: Callable[..., Path], update: Callable[..., CompletedProcess[str]]
) -> None:
    """What the user has put beside them, and what they have changed, stays."""
    project = begin()
    write_files(project, {"tests/test_mine.py": "def test_mine(): pass\n"})
    edit(project, {SAMPLE: ("import asyncio\n", "import asyncio\nimport mine\n")})
    commit(project)
    words = ("--vcs-ref=:current:", "--data=asyncio_tests_dir=app/tests")

    said = update(project, *words).stderr

    assert f"{SAMPLE} is kept: the template has it no more" in said
    left = [path for path in files_in(project) if path.startswith("tests/")]
    assert left == [SAMPLE, "tests/test_mine.py"]
    assert "import mine" in (project / SAMPLE).read_text(encoding="utf-8")
    assert (project / "app" / SAMPLE).exists()
    assert "app.tests.utils" in (project / "conftest.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "kind", [pytest.param("new", marks=pytest.mark.release), "existing"]
)
def test_an_answer_there_and_back_changes_nothing(
    kind: str, begin: Callable[..., Path], update: Callable[..., object]
) -> None:
    """Also the settings in a file of the user's, which are single keys there."""
    project = begin(kind)
    before = files_in(project)
    words = ("--vcs-ref=:current:", "--data=asyncio_loop_scope=session")

    update(project, *words)

    config = "pytest.ini" if kind == "new" else "pyproject.toml"
    assert status(project) == [f"M {ANSWERS_FILE}", f"M {config}"]
    text = (project / config).read_text(encoding="utf-8")
    assert text.replace('"', "").count("loop_scope = session") == 2
    commit(project)

    update(project, words[0], "--data=asyncio_loop_scope=function")

    assert files_in(project) == before


@pytest.mark.parametrize("kind", ["new", "existing"])
def test_copying_anew_brings_the_newest_and_forgets_nothing(
    kind: str, begin: Callable[..., Path], releases: Path, tmp_path: Path
) -> None:
    """`copier recopy` is for those who want the template's files as they are."""
    project = begin(kind, "0.1.0")
    theirs = {path: files_in(project)[path] for path in (SHOP if kind != "new" else {})}
    recopied = run_copier(
        *("recopy", "--trust", "--defaults", "--overwrite"),
        cwd=project,
        ASYNCIO_TESTING_VERIFY="skip",
    )
    assert recopied.returncode == 0, recopied.stderr

    fresh = tmp_path / "fresh"
    start(releases, fresh, NEXT, {"asyncio_repository": kind})
    assert files_in(project) == files_in(fresh)
    now = files_in(project)
    for path, text in theirs.items():  # a new setting may stand among theirs
        assert set(text.splitlines()) <= set(now[path].splitlines()), path


def test_nothing_changes_when_there_is_nothing_new(
    begin: Callable[..., Path], update: Callable[..., object]
) -> None:
    """Neither by the template's version nor by the hooks."""
    project = begin("existing")

    update(project)

    assert status(project) == []


def test_an_answers_file_of_another_name_is_updated_by_its_name(
    releases: Path, tmp_path: Path, update: Callable[..., object]
) -> None:
    """Where another template has the usual one, which stays as it is."""
    project = tmp_path / "project"
    others = {ANSWERS_FILE: "_src_path: elsewhere\nname: shop\n"}
    write_files(project, others)
    start(releases, project, "0.1.0", {"asyncio_repository": "existing"})
    named = ".copier-answers.asyncio-testing.yml"

    update(project, "-a", named)

    assert f"_commit: v{NEXT}" in (project / named).read_text(encoding="utf-8")
    assert (project / ANSWERS_FILE).read_text(encoding="utf-8") == others[ANSWERS_FILE]


def test_whether_there_is_something_new_can_be_asked(
    begin: Callable[..., Path],
) -> None:
    """By Copier's own command, which exits with 2 and changes nothing."""
    project = begin(version="0.1.0")

    asked = run_copier("check-update", cwd=project)

    assert "New template version available" in asked.stdout + asked.stderr
    assert NEXT in asked.stdout + asked.stderr
    assert status(project) == []
