"""The template as users get it: a tagged repository, made of this working tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_GIT = (
    *("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"),
    *("-c", "commit.gpgsign=false"),
)


def tagged_clone(place: Path) -> Path:
    """Make a repository of the working tree, uncommitted work included.

    Args:
        place: Where it goes: a directory that does not exist yet.
    """
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, place / name
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    commit_everything(place)
    git(place, "tag", "v0.1.0")
    return place


def commit_everything(place: Path) -> None:
    """Make a repository of a directory, with one commit of all that is in it."""
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "All of it")


def git(directory: Path, *words: str) -> str:
    """Run git in a directory and return what it printed.

    Raises:
        subprocess.CalledProcessError: git failed.
    """
    return subprocess.run(
        [*_GIT, *words], cwd=directory, check=True, capture_output=True, text=True
    ).stdout
