"""Writes planned files so that each is, at any moment, either as it was or as planned.

Every file is written beside its place and moved there, which no interruption, full disk
or crash can cut in two. What was there before is kept in the hooks' cache first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from adopt.plan import content_of
from verify import cache

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from adopt.plan import Draft

SUFFIX = ".asyncio-tests-new"
KEPT_BACKUPS = 20
CHANGED_MEANWHILE = "it has been changed, or deleted, since the plan was made"
NEW_FILE_MODE = 0o666  # what the user's umask leaves of it


class NotWrittenError(Exception):
    """A file could not be written; nothing of it was.

    `path` is the file, `written` the files that had been written by then.
    """

    def __init__(self, path: str, why: str, written: list[str]) -> None:
        super().__init__(f"{path} could not be written: {why}")
        self.path = path
        self.written = written


class BusyError(Exception):
    """Another run is at work on the same repository."""


@contextlib.contextmanager
def alone(project: Path) -> Generator[None]:
    """Keep other runs away from a repository for as long as this one works on it.

    The lock is a file in the cache, and gone with the process, however that ends.

    Raises:
        BusyError: Another run has it.
        OSError: The cache directory cannot be written.
    """
    locks = cache.directory() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(project)).hexdigest()[:16]
    with (locks / name).open("w") as file:
        _lock(file.fileno())
        yield


def back_up(project: Path, paths: list[str]) -> Path:
    """Keep a copy of files outside the repository, and return the directory.

    Of all backups the newest 20 are kept.
    """
    backups = cache.directory() / "backups"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    place = backups / f"{stamp}-{os.getpid()}-{project.name}"
    for path in paths:
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(project / path, target)
    for old in sorted(backups.glob("*"))[:-KEPT_BACKUPS]:
        shutil.rmtree(old, ignore_errors=True)
    return place


def write_all(draft: Draft) -> None:
    """Write the planned files, one after the other.

    A file keeps its mode; a symbolic link stays one, and what it leads to is written.

    Raises:
        NotWrittenError: One could not be written, or is not as it was when the plan was
            made. Those before it are written, it and those after it are not.
    """
    written: list[str] = []
    for path, content in draft.written.items():
        try:
            if content_of(draft.project / path) != draft.before.get(path):
                raise NotWrittenError(path, CHANGED_MEANWHILE, written)
            write(draft.project / path, content)
        except OSError as error:
            why = error.strerror or str(error)
            raise NotWrittenError(path, why, written) from error
        written.append(path)


def write(path: Path, content: bytes) -> None:
    """Replace a file, or make it, in one step."""
    place = path.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(place.name + SUFFIX)
    try:
        mode = place.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = None
    # Left by a run that was killed, or put there by somebody: never written through.
    beside.unlink(missing_ok=True)
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            flush(file, content)
        if mode is not None:
            beside.chmod(mode)
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def flush(file: BinaryIO, content: bytes) -> None:
    """Write all of a file, down to the disk."""
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _lock(handle: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 (only there on Windows)

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 (not there on Windows)

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BusyError from error
