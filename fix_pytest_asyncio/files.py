"""Which files there are to look at, and how one is replaced."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# --- Files ----------------------------------------------------------------------------

_SKIPPED_DIRECTORIES = frozenset({"__pycache__", "build", "dist", "node_modules"})


@dataclass(eq=False)
class UnusableFileError(Exception):
    """A file that cannot be read, parsed or written; as text, one line on why."""

    path: Path
    reason: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Where and why."""
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.path}{place}: {self.reason}"


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield every file to look at, once, however many of the paths lead to it.

    Args:
        paths: Files of any name, and directories to search for `*.py`.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _walk(path) if os.path.isdir(path) else [path]:  # noqa: PTH112  # Path.is_dir raises on some broken links
            identity = os.path.realpath(file)
            if identity not in seen:
                seen.add(identity)
                yield file


def _walk(root: Path) -> Iterator[Path]:
    # A directory that cannot be listed is handed on as a file, to be reported as one.
    unlisted: list[Path] = []
    for directory, names, files in os.walk(
        root, onerror=lambda error: unlisted.append(Path(error.filename))
    ):
        here = Path(directory)
        names[:] = sorted(name for name in names if not _is_skipped(here / name))
        yield from (here / name for name in sorted(files) if _is_python(name))
    yield from unlisted


def _is_skipped(directory: Path) -> bool:
    return (
        directory.name.startswith(".")
        or directory.name in _SKIPPED_DIRECTORIES
        or (directory / "pyvenv.cfg").is_file()
    )


def _is_python(name: str) -> bool:
    # Editors leave lock files such as `.#test_it.py`, links that lead nowhere.
    return name.endswith(".py") and not name.startswith(".")


def replace_file(path: Path, content: bytes) -> None:
    """Give a file new content in one step, so that it is never seen half-written.

    The file keeps its mode, and a symbolic link stays one: its target is replaced.
    Other hard links to the file keep the old content.

    Args:
        path: The file, which exists.
        content: All of its new content.

    Raises:
        OSError: If the file is read-only or its directory cannot be written to.
    """
    target = Path(os.path.realpath(path))
    mode = stat.S_IMODE(target.stat().st_mode)
    # The superuser may write to everything, but a read-only file is so for a reason.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        message = "it is read-only"
        raise PermissionError(message)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".fix-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_file(path: Path, content: bytes) -> None:
    """Give a file new content in one step, as `replace_file` does, or make it.

    Raises:
        UnusableFileError: If that cannot be done; the file is as it was then.
    """
    is_new = not path.exists()
    try:
        if is_new:
            path.touch(exist_ok=False)
        replace_file(path, content)
    except BaseException as error:
        if is_new:
            path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        reason = f"cannot be written: {error.strerror or error}"
        raise UnusableFileError(path, reason) from error
