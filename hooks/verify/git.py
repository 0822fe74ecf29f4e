"""Asks git about the repository that a project is in, or is."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 60.0  # seconds
NOT_THERE = "git is not installed"


class GitError(Exception):
    """git is not there, or would not answer; the text is what it said."""


def output(project: Path, *words: str) -> bytes:
    """Run git in a project and return what it prints, its warnings left out.

    Raises:
        GitError: There is no git, the project is in no repository, or git failed.
    """
    git = shutil.which("git")
    if git is None:
        raise GitError(NOT_THERE)
    try:
        finished = subprocess.run(
            [git, *words], cwd=project, capture_output=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(str(error)) from error
    if finished.returncode != 0:
        raise GitError(finished.stderr.decode("utf-8", "replace").strip())
    return finished.stdout


def paths(project: Path, *words: str) -> list[str]:
    """Return the paths that git lists when it is told `-z` among these words.

    Raises:
        GitError: See `output`.
    """
    listed = os.fsdecode(output(project, *words)).split("\0")
    return [path for path in listed if path]
