"""Projects that are updated: how they begin, what is done to them, what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from workbench import changed, git, run_copier, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UPDATE = ("update", "--trust", "--defaults")
ANSWERS_FILE = ".copier-answers.yml"
SAMPLE = "tests/asyncio_examples/test_waiting.py"
GUIDE = "tests/ASYNC_TESTING.md"

# An existing repository, of which the template owns none of these files.
SHOP = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.10"

[dependency-groups]
dev = ["pytest>=8.4"]

[tool.pytest.ini_options]
addopts = "-ra" # all reasons
""",
    "conftest.py": "import os\n\nSHOP = os.sep\n",
    "tests/test_shop.py": "def test_shop():\n    assert True\n",
}


def start(template: Path, project: Path, version: str, answers: dict[str, str]) -> None:
    """Copy a version into a new or an existing repository, and commit that."""
    if answers["asyncio_repository"] == "existing":
        write_files(project, SHOP)
        commit(project)
    data = [f"--data={name}={answer}" for name, answer in answers.items()]
    words = ["copy", "--trust", "--defaults", "--quiet", f"--vcs-ref=v{version}"]
    words += [*data, str(template), str(project)]
    finished = run_copier(*words, cwd=template, ASYNCIO_TESTING_VERIFY="skip")
    assert finished.returncode == 0, finished.stderr
    commit(project)


def commit(project: Path) -> None:
    """Commit everything that is there."""
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", "--message=x")


def status(project: Path) -> list[str]:
    """Return what git sees as changed, new or gone, one entry a file."""
    listed = git(project, "status", "--porcelain", "--untracked-files=all")
    return [line.strip() for line in listed.splitlines()]


def later(
    releases: Path, tmp_path: Path, project: Path, files: Mapping[str, str | None]
) -> Path:
    """Release a later version with some files changed, as the project's template."""
    clone = changed(releases, tmp_path / "later", files)
    answers = project / ANSWERS_FILE
    text = answers.read_text(encoding="utf-8")
    stored = yaml.safe_load(text)["_src_path"]
    answers.write_text(text.replace(stored, str(clone)), encoding="utf-8")
    commit(project)
    return clone


def read(template: Path, path: str) -> str:
    """Return a file of the template, as it is before it is rendered."""
    inside = path.replace("tests/utils/", "tests/{{ asyncio_helpers_name }}/", 1)
    inside = inside.replace("tests/", "{{ asyncio_tests_dir }}/", 1)
    return (template / "template" / inside).read_text(encoding="utf-8")


def edit(project: Path, edits: dict[str, tuple[str, str]]) -> None:
    """Replace texts in files, each at its first place."""
    for path, (old, new) in edits.items():
        text = (project / path).read_text(encoding="utf-8")
        assert old in text, path
        (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")
