"""A migration that has nothing to do costs next to nothing: two run on each update."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from workbench import ROOT, git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("stage", ["before", "after"])
def test_copier_is_not_imported_where_no_file_was_dropped(
    stage: str, project: Path
) -> None:
    """That alone takes longer than everything else that a migration does."""
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Before")
    hook = [str(ROOT / "hooks"), "migrate", f"--stage={stage}"]

    finished = subprocess.run(
        [
            *(sys.executable, "-I", "-B", "-X", "importtime"),
            *(*hook, "--version=0.1.0", "--ref=v0.1.0"),
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )

    imported = {line.rpartition("|")[2].strip() for line in finished.stderr.split("\n")}
    assert "migrate.command" in imported
    assert "copier" not in imported
