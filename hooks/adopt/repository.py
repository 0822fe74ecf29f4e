"""What version control says of a repository, which decides how changes are undone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from verify import process

if TYPE_CHECKING:
    from pathlib import Path

GIT_LIMIT = 60.0  # seconds


class State(NamedTuple):
    """How git sees a directory.

    Attributes:
        versioned: Whether it belongs to a git repository.
        changed: Paths in it, relative to it, whose content git could not bring back:
            changed or untracked, in the state before the suite came.
    """

    versioned: bool
    changed: frozenset[str]


def state(project: Path) -> State:
    """Ask git for the state of a directory; without git it has no version control."""
    git = shutil.which("git")
    if git is None:
        return State(versioned=False, changed=frozenset())
    try:
        finished = process.run(
            [git, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--", "."],
            directory=project,
            limit=GIT_LIMIT,
        )
        prefix = process.run(
            [git, "rev-parse", "--show-prefix"], directory=project, limit=GIT_LIMIT
        )
    except OSError:
        return State(versioned=False, changed=frozenset())
    if finished.code != 0 or prefix.code != 0:
        return State(versioned=False, changed=frozenset())
    below = prefix.output.strip()
    paths = {
        entry[3:].removeprefix(below)
        for entry in finished.output.split("\0")
        if len(entry) > 3  # two letters and a space come first
    }
    return State(versioned=True, changed=frozenset(paths))
