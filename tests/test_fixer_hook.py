"""The hooks that pre-commit can have from this repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from workbench import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"


def hooks() -> dict[str, list[str]]:
    """Return the command of each hook."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    several: list[dict[str, str]] = yaml.safe_load(text)
    return {each["id"]: each["entry"].split() for each in several}


@pytest.mark.network
def test_what_is_installed_from_a_clone_runs_the_hooks(tmp_path: Path) -> None:
    """As pre-commit does it: an environment, the package, files as arguments."""
    source = tmp_path / "clone"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "fix_pytest_asyncio", source / "fix_pytest_asyncio")
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    install = ["-m", "pip", "install", "--quiet", str(source)]
    subprocess.run([environment / "bin" / "python", *install], check=True)
    module = tmp_path / "test_it.py"
    module.write_text(FAULTY, encoding="utf-8")

    statuses = [
        subprocess.run(
            [environment / "bin" / command, *options, "test_it.py"],
            cwd=tmp_path,
            check=False,
            capture_output=True,
        ).returncode
        for command, *options in (
            hooks()["check-pytest-asyncio"],
            hooks()["fix-pytest-asyncio"],
            hooks()["check-pytest-asyncio"],
        )
    ]

    assert statuses == [1, 0, 0]
    assert "import pytest_asyncio\n" in module.read_text(encoding="utf-8")
