"""The one file that users get is made of modules which know nothing of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKAGE = ROOT / "fix_pytest_asyncio"
SCRIPT = "scripts/fix_pytest_asyncio_imports.py"
# What is no part of the script: it begins, and is run, in a way of its own.
APART = {"__init__", "__main__", "rules/__init__"}


def parts() -> list[str]:
    """Return the modules that the script is made of, in their order in it."""
    text = (PACKAGE / "join.jinja").read_text(encoding="utf-8")
    return re.findall(r"'([\w/]+)'", text.partition("%}")[0])


def test_every_module_is_a_part_of_the_script() -> None:
    """One that is forgotten would work here and fail for users."""
    modules = {
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in PACKAGE.rglob("*.py")
    }

    assert sorted(parts()) == sorted(modules - APART)


def test_no_name_is_defined_twice(render: Callable[..., Path]) -> None:
    """In the script, the second would stand for the first as well."""
    tree = ast.parse((render() / SCRIPT).read_text(encoding="utf-8"))
    names = Counter(
        name
        for node in tree.body
        for name in (
            [node.name]
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            else [each.id for each in _targets(node) if isinstance(each, ast.Name)]
        )
    )

    assert [name for name, count in names.items() if count > 1] == []


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def test_modules_are_joined_as_they_are(render: Callable[..., Path]) -> None:
    """Copier renders the script: nothing in it may look like a directive of Jinja's."""
    script = (render() / SCRIPT).read_text(encoding="utf-8")

    for part in parts():
        module = (PACKAGE / f"{part}.py").read_text(encoding="utf-8")
        assert module.partition("\n# --- ")[2] in script, part


def test_the_script_is_formatted_and_imports_what_it_needs(
    render: Callable[..., Path], tmp_path: Path
) -> None:
    """Of the modules' imports it has those of the standard library."""
    script = render() / SCRIPT

    for command in (["check", "--select=F,I"], ["format", "--check"]):
        settings = ["--config", str(ROOT / "lint" / "rendered.toml"), "--no-cache"]
        subprocess.run(["ruff", *command, *settings, script], cwd=tmp_path, check=True)


def test_the_script_runs_by_itself(render: Callable[..., Path], tmp_path: Path) -> None:
    """With the standard library alone."""
    module = tmp_path / "test_it.py"
    module.write_text("import pytest\n\nx = pytest_asyncio.fixture\n", encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", render() / SCRIPT, module],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    assert run.stderr.count("\n") == 2
    assert module.read_text(encoding="utf-8") == (
        "import pytest\nimport pytest_asyncio\n\nx = pytest_asyncio.fixture\n"
    )
