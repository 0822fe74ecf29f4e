"""Which files there are to look at, and how one is replaced."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

# --- Files ----------------------------------------------------------------------------

_SKIPPED_DIRECTORIES = frozenset({"__pycache__", "build", "dist", "node_modules"})
# This program in one file, as projects have it: every word that a rule looks for is in
# it, so that it takes as long as a thousand files.
_ITSELF = "fix_pytest_asyncio_imports.py"
MOST_BYTES = 10_000_000
_TOO_LARGE = "larger than 10 MB, which no test is: not looked at"


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


# Whoever has to know which directories are searched.
_listeners: list[Callable[[Path], None]] = []


@contextmanager
def told_of_searches(listener: Callable[[Path], None]) -> Generator[None]:
    """Have a function called meanwhile with each path that files are looked for in."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def find_files(
    paths: Iterable[Path], is_excluded: Callable[[Path], bool] = lambda _: False
) -> Iterator[Path]:
    """Yield every file to look at, once, however many of the paths lead to it.

    Args:
        paths: Files of any name, and directories to search for `*.py`.
        is_excluded: Tells what is not to be looked at, or searched, in a directory.
    """
    several = [*paths]
    for path in several:
        for listener in _listeners:
            listener(path)
    yield from files_below(several, is_excluded)


def files_below(
    paths: Iterable[Path], is_excluded: Callable[[Path], bool] = lambda _: False
) -> Iterator[Path]:
    """Do what `find_files` does, without telling anybody."""
    seen: set[str] = set()
    for path in paths:
        for file, identity in _files_at(path, is_excluded):
            if identity not in seen:
                seen.add(identity)
                yield file


def _files_at(
    path: Path, is_excluded: Callable[[Path], bool]
) -> Iterator[tuple[Path, str]]:
    """Yield files with the path that one has, whatever link led to it."""
    real = os.path.realpath(path)
    if not os.path.isdir(real):  # noqa: PTH112 - Path.is_dir raises on some broken links
        yield path, real
        return
    yield from _walk(path, real, is_excluded)


def _walk(
    directory: Path, real: str, is_excluded: Callable[[Path], bool]
) -> Iterator[tuple[Path, str]]:
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=_entry_name)
    except OSError:
        # It is handed on as a file, to be reported as one.
        yield directory, real
        return
    directories: list[os.DirEntry[str]] = []
    for entry in found:
        if _is_directory(entry):
            directories.append(entry)
        elif _is_to_be_read(entry.name) and not is_excluded(directory / entry.name):
            yield directory / entry.name, _identity(entry, real)
    for entry in directories:
        path = directory / entry.name
        if not _is_skipped(entry) and not is_excluded(path):
            yield from _walk(path, f"{real}{os.sep}{entry.name}", is_excluded)


def _identity(entry: os.DirEntry[str], parent: str) -> str:
    if entry.is_symlink():
        return os.path.realpath(entry.path)
    return f"{parent}{os.sep}{entry.name}"


def _entry_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.is_symlink()  # which may lead back here
        or entry.name.startswith(".")
        or entry.name in _SKIPPED_DIRECTORIES
        or os.path.isfile(f"{entry.path}{os.sep}pyvenv.cfg")  # noqa: PTH113 - a thousand directories
    )


def _is_to_be_read(name: str) -> bool:
    # Editors leave lock files such as `.#test_it.py`, links that lead nowhere.
    return name.endswith(".py") and not name.startswith(".") and name != _ITSELF


class Unwritten:
    """What a run would have written that only shows it.

    Attributes:
        files: Contents by real paths, which are read in place of what is there; None
            where files are written.
    """

    files: ClassVar[dict[str, bytes] | None] = None


@contextmanager
def nothing_written(
    files: Mapping[str, bytes] | None = None,
) -> Generator[dict[str, bytes]]:
    """Keep what is written meanwhile, and have it read as if it were there.

    Args:
        files: What is kept already.
    """
    before = Unwritten.files
    Unwritten.files = {**(files or {})}
    try:
        yield Unwritten.files
    finally:
        Unwritten.files = before


def there_is(path: Path) -> bool:
    """Tell whether there is a file, or would be."""
    unwritten = Unwritten.files or ()
    return path.is_file() or (bool(unwritten) and os.path.realpath(path) in unwritten)


def unwritten_in(directory: Path) -> set[str]:
    """Return the names of what would be in a directory."""
    if not Unwritten.files:
        return set()
    real = os.path.realpath(directory)
    paths = map(Path, Unwritten.files)
    return {path.name for path in paths if str(path.parent) == real}


def read_file(path: Path) -> bytes:
    """Return what is in a file, or would be.

    Raises:
        UnusableFileError: If there is no such file, it cannot be read, or it is huge.
    """
    if Unwritten.files:
        content = Unwritten.files.get(os.path.realpath(path))
        if content is not None:
            return content
    try:
        status = os.stat(path)  # noqa: PTH116 - twice as quick, thousands of times
        # Opening a named pipe would wait for somebody to write to it.
        if not stat.S_ISREG(status.st_mode):
            is_directory = stat.S_ISDIR(status.st_mode)
            reason = "cannot be listed" if is_directory else "not a regular file"
            raise UnusableFileError(path, reason)
        if status.st_size > MOST_BYTES:
            raise UnusableFileError(path, _TOO_LARGE)
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - likewise
            return stream.readall()
    except OSError as error:
        raise UnusableFileError(path, error.strerror or str(error)) from error


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
    if Unwritten.files is not None:
        Unwritten.files[str(target)] = content
        return
    mode = stat.S_IMODE(target.stat().st_mode)
    # The superuser may write to everything, but a read-only file is so for a reason.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        message = "it is read-only"
        raise PermissionError(message)
    _put_in_one_step(target, content, mode)


def _put_in_one_step(target: Path, content: bytes, mode: int) -> None:
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
    """Give a file new content in one step, as `replace_file` does, or make it so.

    Raises:
        UnusableFileError: If that cannot be done; the file is as it was then.
    """
    try:
        if path.exists() or Unwritten.files is not None:
            replace_file(path, content)
        else:
            _put_in_one_step(path, content, _mode_of_new_files())
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise UnusableFileError(path, reason) from error


def _mode_of_new_files() -> int:
    mask = os.umask(0)  # there is no other way to ask for it
    os.umask(mask)
    return 0o666 & ~mask
