"""Files that the template does not render any more: what the user changed stays.

Copier deletes a file that the old version rendered and the new one does not, whatever
the user has made of it. Here those that are not as they were rendered come back. Where
the file only has another name now, their changes are carried over to it. How a file is
formatted is no change of theirs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate import reformatted
from migrate.formatting import same
from verify import git

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = "{path} is kept: the template has it no more, and you have changed it"
CARRIED = "{path} is now {new}, with your changes"
NOT_CARRIED = "{path} is now {new}; your changes do not fit, so your file is kept"
NOT_KNOWN = (
    "{path} is kept: the template has it no more, and whether you have changed it "
    "cannot be told ({why})"
)
STAYS_DELETED = "{new} is left out: you have deleted it under its old name, {path}"


class Old:
    """The project as the old version of the template rendered it, in a directory."""

    def __init__(
        self, template: Path, ref: str, answers: Mapping[str, Any], place: Path
    ) -> None:
        """Render it.

        Args:
            template: A clone of the template, with its history.
            ref: The old version, as git knows it.
            answers: The answers that were stored then.
            place: An empty directory.
        """
        # Most updates drop nothing, and need not wait half a second for Copier.
        import copier  # noqa: PLC0415 (see above)

        data = {name: each for name, each in answers.items() if name[0] != "_"}
        copier.run_copy(
            str(template),
            place,
            data=data,
            vcs_ref=ref,
            defaults=True,
            unsafe=True,
            skip_tasks=True,
            quiet=True,
        )
        self._place = place

    def read(self, path: str) -> bytes | None:
        """Return what it rendered at a path; None where it rendered nothing."""
        rendered = self._place / path
        return rendered.read_bytes() if rendered.is_file() else None


def settle(
    project: Path,
    template: Path,
    ref: str,
    answers: Mapping[str, Any],
    renamed: Mapping[str, str],
) -> list[str]:
    """Give back what the user has changed of the files that the update has deleted.

    Args:
        project: The merged tree, in a git repository.
        template: A clone of the template, with its history.
        ref: The version that the project was updated from.
        answers: The answers that were stored then.
        renamed: Files that have another name now, old to new.

    Returns:
        What was done, each in a sentence; mostly nothing.

    Raises:
        GitError: git does not know what was there.
    """
    listed = ["diff", "-z", "--name-only", "--relative", "--diff-filter=D", "HEAD"]
    deleted = git.paths(project, *listed)
    moved = {old: new for old, new in renamed.items() if (project / new).exists()}
    if not deleted and not moved:
        return []
    with tempfile.TemporaryDirectory(prefix="asyncio-tests-") as scratch:
        try:
            old = Old(template, ref, answers, Path(scratch).resolve())
        except Exception as error:  # noqa: BLE001 (whatever it is: nothing may be lost)
            for path in deleted:
                git.output(project, "checkout", "HEAD", "--", path)
            why = " ".join(str(error).split())
            return [NOT_KNOWN.format(why=why, path=path) for path in deleted]
        said = [_settle_one(project, old, path, moved.get(path)) for path in deleted]
        said += [
            _stays_deleted(project, path, new)
            for path, new in moved.items()
            if path not in deleted
            and old.read(path) is not None
            and not (project / path).exists()
        ]
    return [sentence for sentence in said if sentence]


def _settle_one(project: Path, old: Old, path: str, new: str | None) -> str:
    theirs = git.output(project, "show", f"HEAD:./{path}")
    rendered = old.read(path)
    if theirs == rendered:
        return ""
    if rendered is not None and new is None and same(path, rendered, theirs):
        return ""
    if rendered is not None and new is not None:
        arrived = (project / new).read_bytes()
        merged = reformatted.merged(path, rendered, theirs, arrived)
        if merged is not None:
            (project / new).write_bytes(merged)
            return CARRIED.format(path=path, new=new)
    git.output(project, "checkout", "HEAD", "--", path)
    if new is None:
        return KEPT.format(path=path)
    return NOT_CARRIED.format(path=path, new=new)


def _stays_deleted(project: Path, path: str, new: str) -> str:
    (project / new).unlink()
    return STAYS_DELETED.format(path=path, new=new)
