"""What `copier update` leaves where the user's changes and the template's meet.

Copier ends an update that has left conflicts as it ends any other. Running tests on
files with markers in them would only tell what git knows already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify import git

if TYPE_CHECKING:
    from pathlib import Path

# As Copier writes them, with `--conflict=inline`, which is the default.
MARKERS = (b"<<<<<<< before updating", b">>>>>>> after updating")
REJECTED = ".rej"  # the ending of what `--conflict=rej` leaves beside a file


def conflicts(project: Path) -> list[str]:
    """Return the files that an update could not merge, relative to the project.

    Those are the paths that git has as unmerged, files among the changed and the new
    ones that hold Copier's conflict markers, and rejected parts beside their files.
    """
    listed = ["-z", "--name-only", "--relative"]
    others = ["ls-files", "-z", "--others"]
    try:
        unmerged = git.paths(project, "diff", *listed, "--diff-filter=U")
        changed = git.paths(project, "diff", *listed, "HEAD")
        new = git.paths(project, *others, "--exclude-standard")
        # Ignored ones too: rejected parts are what many repositories ignore.
        beside = [path for path in git.paths(project, *others) if _is_rejected(path)]
    except git.GitError:
        return []
    marked = [path for path in [*changed, *new] if _has_markers(project / path)]
    return sorted({*unmerged, *marked, *beside})


def changed(project: Path) -> tuple[dict[str, bytes | None], dict[str, bytes | None]]:
    """Return what an update has changed: each file's content before it, and by now.

    Before it is as committed, since Copier updates clean repositories only. None stands
    for no such file; without git there are no files at all.
    """
    before: dict[str, bytes | None] = {}
    try:
        new = git.paths(project, "ls-files", "-z", "--others", "--exclude-standard")
        for path in git.paths(
            project, "diff", "-z", "--name-only", "--relative", "HEAD"
        ):
            before[path] = git.output(project, "show", f"HEAD:./{path}")
    except git.GitError:
        return {}, {}
    before |= dict.fromkeys(new)
    return before, {path: _content(project / path) for path in before}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _is_rejected(path: str) -> bool:
    return path.endswith(REJECTED)


def _has_markers(path: Path) -> bool:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return False
    return any(line.startswith(MARKERS) for line in lines)
