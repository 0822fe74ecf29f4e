"""What is rendered, whatever the answers."""

from __future__ import annotations

import ast
import configparser
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import yaml

from workbench import ROOT, git, run_copier, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEMPLATE = ROOT / "template"
PYTHON_FILES = sorted(TEMPLATE.rglob("*.py"))


def test_the_promised_files_are_there_and_no_others(
    render: Callable[..., Path],
) -> None:
    """The README lists what appears; nothing else may."""
    files = [
        name
        for name in tree(render())
        if not name.startswith(("tests/asyncio_examples/", "tests/utils/asyncio_supp"))
    ]

    assert files == [
        ".copier-answers.yml",
        "conftest.py",
        "pytest.ini",
        "scripts/fix_pytest_asyncio_imports.py",
        "tests/ASYNC_TESTING.md",
        "tests/__init__.py",
        "tests/requirements.txt",
        "tests/utils/__init__.py",
        "tests/utils/asyncio_helpers.py",
    ]


def test_a_nested_tests_dir_moves_everything_below_it(
    render: Callable[..., Path],
) -> None:
    """`app/tests` differs from `tests` in its place and its import name only."""
    flat, nested = render(), render(asyncio_tests_dir="app/tests")

    moved = [name.replace("tests/", "app/tests/") for name in tree(flat)]
    assert tree(nested) == sorted(moved)
    for name in tree(flat):
        if name != ".copier-answers.yml":
            there = nested / name.replace("tests/", "app/tests/")
            text = there.read_text(encoding="utf-8")
            assert not re.search(r"(?<!app\.)\btests\.utils", text), name
            without = text.replace("app/tests", "tests").replace("app.tests", "tests")
            assert without == (flat / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("path", PYTHON_FILES, ids=[path.name for path in PYTHON_FILES])
def test_python_files_are_plain_python(path: Path) -> None:
    """Linters, type checkers and editors see the template's code as it is."""
    text = path.read_text(encoding="utf-8")

    ast.parse(text)
    assert not any(braces in text for braces in ("{{", "{%", "{#"))
    directives = [line for line in text.splitlines() if line.startswith("# copier:")]
    if "tests.utils" in text:
        assert directives == [
            '# copier: filter replace("tests.utils", asyncio_helpers_package)',
            "# copier: endfilter",
        ]
    elif path.name == "fix_pytest_asyncio_imports.py":
        assert directives == [
            "# copier:include pathjoin('fix_pytest_asyncio', 'join.jinja')"
        ]
    else:
        assert directives == []


def test_rendered_files_are_clean_text(render: Callable[..., Path]) -> None:
    """No directive is left over, every line ends, and none ends in blanks."""
    for name in tree(render()):
        content = (render() / name).read_bytes()
        assert b"copier:" not in content, name
        assert b"\r" not in content, name
        assert not content or content.endswith(b"\n"), name
        assert not content.endswith(b"\n\n"), name
        assert not any(line.endswith((b" ", b"\t")) for line in content.splitlines())


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_the_loop_scope_is_that_of_tests_and_of_fixtures(
    scope: str, render: Callable[..., Path]
) -> None:
    """An object made on one loop fails on another, so both defaults are one answer."""
    settings = configparser.ConfigParser()
    settings.read(render(asyncio_loop_scope=scope) / "pytest.ini", encoding="utf-8")

    assert settings["pytest"]["asyncio_mode"] == "auto"
    assert settings["pytest"]["asyncio_default_fixture_loop_scope"] == scope
    assert settings["pytest"]["asyncio_default_test_loop_scope"] == scope


def test_every_setting_has_its_reason(render: Callable[..., Path]) -> None:
    """The person who will own pytest.ini was not there when it was written."""
    lines = (render() / "pytest.ini").read_text(encoding="utf-8").splitlines()

    for before, line in pairwise(lines[1:]):
        if not line.startswith(("#", " ")):
            assert before.startswith("#"), line


def test_the_answers_are_remembered_and_nothing_else(
    render: Callable[..., Path],
) -> None:
    """An update needs them; a machine's own settings do not belong there."""
    text = (render() / ".copier-answers.yml").read_text(encoding="utf-8")
    answers = yaml.safe_load(text)

    assert {name: answers[name] for name in answers if name[0] != "_"} == {
        "asyncio_checks": "fail",
        "asyncio_ci": "none",
        "asyncio_commit_hooks": "none",
        "asyncio_examples": [],
        "asyncio_helpers": "utils",
        "asyncio_loop_scope": "function",
        "asyncio_repository": "new",
        "asyncio_tests_dir": "tests",
        "asyncio_update_job": "none",
        "asyncio_verification": "standard",
    }


def test_what_a_developer_leaves_in_the_template_is_not_shipped(
    template: Path, tmp_path: Path
) -> None:
    """Running the template's code in place leaves caches in it."""
    dirty = tmp_path / "dirty"
    git(tmp_path, "clone", "--quiet", str(template), str(dirty))
    left = dirty / "template" / "__pycache__" / "conftest.cpython-311.pyc"
    left.parent.mkdir()
    left.touch()
    (dirty / "template" / ".mypy_cache").mkdir()
    (dirty / "template" / ".mypy_cache" / "x").touch()
    (dirty / ".git").rename(tmp_path / "kept")  # a plain directory is copied as it is

    run_copier("copy", "-T", "--defaults", dirty, "project", cwd=tmp_path)

    names = tree(tmp_path / "project")
    assert "conftest.py" in names
    assert not [name for name in names if "cache" in name]


def test_a_project_can_be_copied_over_itself(template: Path, tmp_path: Path) -> None:
    """`copier recopy`, and the same command typed again, find nothing to do."""
    command = ("copy", "-T", "--defaults", template, "project")
    run_copier(*command, cwd=tmp_path)
    project = tmp_path / "project"
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")

    again = run_copier(*command, cwd=tmp_path)
    recopy = run_copier("recopy", "-T", "--defaults", "--trust", cwd=project)

    assert (again.returncode, recopy.returncode) == (0, 0), again.stderr + recopy.stderr
    assert git(project, "status", "--porcelain") == ""
