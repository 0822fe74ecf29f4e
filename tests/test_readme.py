"""The README's commands do what it says, and what it says is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from markdown_blocks import Block, blocks, links
from question_table import asked, with_table
from workbench import ROOT, tagged_copy, tree, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

README = ROOT / "README.md"
COMMANDS = [block for block in blocks(README) if block.language == "sh"]
SHOWN = [block for block in blocks(README) if block.language == "text"]
MAIN_JOB, OWN_TESTS = COMMANDS[0], COMMANDS[-1]

MY_REPOSITORY = {
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-ra"\n',
    "tests/test_mine.py": "def test_mine():\n    assert True\n",
}

TEXT = README.read_text(encoding="utf-8")


@pytest.fixture
def stranger(tmp_path: Path) -> Callable[[Block], str]:
    """Return a function that runs a block as a stranger does who has just cloned this.

    The home directory is empty; there are git, Python and pip, and nothing of ours.
    """
    python = tmp_path / "python"
    subprocess.run([sys.executable, "-m", "venv", python], check=True)
    clone = tagged_copy(tmp_path)
    write_files(tmp_path / "my-repository", MY_REPOSITORY)
    home = tmp_path / "home"
    home.mkdir()
    kept = ("PIP_", "SSL_", "REQUESTS_", "COVERAGE_", "LANG")
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith(kept)},
        "HOME": str(home),
        "PATH": f"{python / 'bin'}:/usr/local/bin:/usr/bin:/bin",
    }

    def run(block: Block, **more: str) -> str:
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=clone,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said = finished.stdout + finished.stderr
        assert finished.returncode == 0, said
        return said.replace(str(home), "~")

    return run


def test_every_block_is_a_command_or_what_one_prints() -> None:
    """So that none is left out of these tests."""
    assert {block.language for block in blocks(README)} == {
        *("sh", "text"),
        *("json", "yaml"),  # see test_ci.py
    }
    assert [blocks(README)[1]] == SHOWN


@pytest.mark.network
def test_the_commands_work_one_after_the_other(
    stranger: Callable[..., str], tmp_path: Path
) -> None:
    """As somebody pastes them who has nothing yet, and reads from top to bottom.

    The tests of this repository are collected only: this is one of them.
    """
    said = stranger(MAIN_JOB)

    for line in SHOWN[0].text.splitlines():
        pattern = re.escape(line)
        pattern = re.sub(r"\\\.cache/|[0-9a-f]{16}|(\d+\\\.)*\d+", _alike, pattern)
        assert re.search(rf"(?m)^{pattern}$", said), said
    assert "tests/asyncio_examples/__init__.py" in tree(tmp_path / "my-project")

    for block in COMMANDS[1:-1]:
        stranger(block)
    said = stranger(OWN_TESTS, PYTEST_ADDOPTS="--collect-only --quiet")
    assert "tests/test_readme.py::test_every_block_is_a_command" in said


def _alike(match: re.Match[str]) -> str:
    """Turn what differs between machines and versions into a pattern."""
    if match[0].endswith("/"):
        return r"(\.cache|Library/Caches)/"
    return "[0-9a-f]{16}" if len(match[0]) == 16 else r"[\d.]+"


def test_every_question_is_described() -> None:
    """With its name, its answers and its default, as copier.yml has them.

    `uv run python tests/question_table.py` writes the table anew.
    """
    assert with_table(TEXT) == TEXT


def test_the_table_of_questions_tells_defaults_apart() -> None:
    """Whoever answers nothing gets what is marked, or what suits the repository."""
    rows = dict(re.findall(r"(?m)^\| `(asyncio_\w+)`<br>(.+)", TEXT))

    assert list(rows) == list(asked())
    for name, question in asked().items():
        default = question["default"]
        is_listed = isinstance(question.get("choices"), list)
        if default == []:
            assert "; none by default |" in rows[name]
        elif default[0] != "{" and (is_listed or "choices" not in question):
            assert rows[name].endswith(f"; `{default}` by default |")
        elif default.startswith("{"):
            assert rows[name].endswith("by default, as it suits what is there |")
        else:
            assert re.findall(r"`(\w+)` \(default\)", rows[name]) == [default]


def test_the_table_of_files_names_all_that_is_rendered(
    render: Callable[..., Path],
) -> None:
    """A file that is not in the table would be a surprise."""
    named = re.findall(r"(?m)^\| `([\w./-]+)` \|", TEXT)
    places = [name for name in named if not name.startswith("asyncio_")]

    for place in places:
        assert (render() / place).exists(), place
    for name in tree(render()):
        assert name.startswith(tuple(places)) or name.endswith("__init__.py"), name


def test_the_supported_versions_stand_alike_everywhere() -> None:
    """They are written down where users, pip, pytest and CI look for them."""
    rendered = ROOT / "template" / "{{ asyncio_tests_dir }}" / "requirements.txt"
    required = dict(
        line.split(">=")
        for line in rendered.read_text(encoding="utf-8").splitlines()
        if ">=" in line
    )
    settings = (ROOT / "template" / "pytest.ini").read_text(encoding="utf-8")
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert (
        f"required_plugins = pytest-asyncio>={required['pytest-asyncio']}" in settings
    )
    for name, version in required.items():
        assert f'"{name}=={version}' in noxfile
        assert f'"{name}>={version}"' in project
        assert f"{name} {version} and newer" in TEXT


def test_the_version_has_its_changelog_entry() -> None:
    """The newest entry is that of the version that pyproject.toml names."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    newest = re.search(r"(?m)^## (\S+)$", changelog)

    assert newest
    assert f'\nversion = "{newest[1]}"\n' in project


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name: str) -> None:
    """Files, and headings of its own, that a document points at are there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {
        re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles
    }
    for target in links(ROOT / name):
        path, _, anchor = target.partition("#")
        if "://" not in target:
            assert (ROOT / path).exists() if path else anchor in anchors, target
