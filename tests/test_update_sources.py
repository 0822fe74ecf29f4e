"""Where the template comes from decides what updates there can be: the copy says so."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from updating import ANSWERS_FILE, SHOP, UPDATE, commit, status
from workbench import NEXT, git, run_copier, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

KINDS = pytest.mark.parametrize("kind", ["new", "existing"])
# Where both take the same way, new ones are tried before releases.
MOSTLY_EXISTING = pytest.mark.parametrize(
    "kind", [pytest.param("new", marks=pytest.mark.release), "existing"]
)


@pytest.fixture
def source(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template in a directory of the test's own, beside which projects are made."""
    monkeypatch.setenv("ASYNCIO_TESTING_VERIFY", "skip")
    monkeypatch.setenv("PWD", str(tmp_path))
    return shutil.copytree(template, tmp_path / "template")


def copy(
    kind: str, source: str, destination: str, cwd: Path, *words: str
) -> CompletedProcess[str]:
    """Copy from a source, as it is typed, into a new or an existing repository."""
    write_files(cwd / destination, SHOP if kind == "existing" else {})
    finished = run_copier(
        *("copy", "--trust", "--defaults", *words, source, destination), cwd=cwd
    )
    assert finished.returncode == 0, finished.stderr
    return finished


@KINDS
def test_nothing_is_said_where_nothing_is_in_the_way(
    kind: str, source: Path, tmp_path: Path
) -> None:
    """An absolute path, or an address, and a tag."""
    said = copy(kind, str(source), "project", tmp_path).stderr

    assert "No update" not in said
    assert "Update with" not in said
    assert "release tags" not in said
    assert ("Update later: copier update --trust" in said) is (kind == "existing")


@MOSTLY_EXISTING
@pytest.mark.parametrize(
    ("relative", "destination"), [("template", "project"), ("./template", "a/b/c")]
)
def test_a_relative_path_comes_with_the_command_that_works(
    kind: str, relative: str, destination: str, source: Path, tmp_path: Path
) -> None:
    """From where the copy was made: from elsewhere the path leads to nothing."""
    said = copy(kind, relative, destination, tmp_path).stderr

    found = re.search(r"Update with: cd (\S+) && copier (update .*)\n", said)
    assert found, said
    project = tmp_path / destination
    commit(project)
    git(source, "commit", "--quiet", "--allow-empty", "--message=New")
    git(source, "tag", "v99.0.1")
    words = [*shlex.split(found[2]), "--defaults"]

    finished = run_copier(*words, cwd=tmp_path.joinpath(shlex.split(found[1])[0]))

    assert finished.returncode == 0, finished.stderr
    assert status(project) == [f"M {ANSWERS_FILE}"]


def test_a_relative_path_from_the_project_itself_is_good_there(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`copier copy ../template .`, as many will type it."""
    assert source.is_dir()
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.setenv("PWD", str(project))

    said = copy("new", "../template", ".", project).stderr

    assert f"Update with: cd {project} && copier update --trust\n" in said


def test_the_command_names_an_answers_file_of_another_name(
    source: Path, tmp_path: Path
) -> None:
    """In a new repository as well, where another template has the usual one."""
    assert source.is_dir()
    write_files(tmp_path / "project", {ANSWERS_FILE: "_src_path: elsewhere\n"})

    said = copy("new", "template", "project", tmp_path).stderr

    named = "-a .copier-answers.asyncio-testing.yml project"
    assert f"Update with: cd {tmp_path} && copier update --trust {named}\n" in said


@KINDS
def test_a_plain_directory_can_bring_no_update(
    kind: str, source: Path, tmp_path: Path
) -> None:
    """Copier remembers no version of it."""
    shutil.rmtree(source / ".git")

    said = copy(kind, str(source), "project", tmp_path).stderr

    assert f"No update can come: {source} is no git repository" in said


@MOSTLY_EXISTING
def test_without_tags_the_newest_commit_is_what_comes(
    kind: str, source: Path, tmp_path: Path
) -> None:
    """And does come, however its answers would be carried over."""
    git(source, "tag", "--delete", f"v{NEXT}")

    said = copy(kind, str(source), "project", tmp_path).stderr

    assert "The template has no release tags: an update brings whatever" in said
    project = tmp_path / "project"
    commit(project)
    guide = source / "template" / "{{ asyncio_tests_dir }}" / "ASYNC_TESTING.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "New.\n", encoding="utf-8")
    commit(source)
    finished = run_copier(*UPDATE, cwd=project)
    assert finished.returncode == 0, finished.stderr
    assert status(project) == [f"M {ANSWERS_FILE}", "M tests/ASYNC_TESTING.md"]


@KINDS
def test_what_is_not_committed_in_the_template_cannot_be_updated_from(
    kind: str, source: Path, tmp_path: Path
) -> None:
    """Copier makes a commit of it that nobody ever finds again."""
    guide = source / "template" / "{{ asyncio_tests_dir }}" / "ASYNC_TESTING.md"
    guide.write_text("Work in progress.\n", encoding="utf-8")

    said = copy(kind, str(source), "project", tmp_path, "--vcs-ref=HEAD").stderr

    assert f"what was copied from {source} was not committed there" in said
