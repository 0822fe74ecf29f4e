"""What version control says of a repository, which decides how changes are undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from verify import git

if TYPE_CHECKING:
    from pathlib import Path


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
    untracked = "--untracked-files=all"
    try:
        entries = git.paths(
            project, "status", "--porcelain=v1", "-z", untracked, "--", "."
        )
        below = git.output(project, "rev-parse", "--show-prefix").decode().strip()
    except git.GitError:
        return State(versioned=False, changed=frozenset())
    paths = {
        entry[3:].removeprefix(below)
        for entry in entries
        if len(entry) > 3  # two letters and a space come first
    }
    return State(versioned=True, changed=frozenset(paths))
