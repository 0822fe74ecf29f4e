"""Finds the places where a project declares dependencies."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from adopt import dependency_files as files
from adopt.dependency_ini import setup_cfg_places, tox_entries, tox_places
from adopt.dependency_places import UnreadableError
from adopt.dependency_setup import setup_py_places
from adopt.dependency_toml import pipfile_places, pyproject_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from adopt.dependency_places import Place
    from adopt.plan import Draft

READERS = {
    "pyproject.toml": pyproject_places,
    "Pipfile": pipfile_places,
    "tox.ini": tox_places,
    "setup.cfg": setup_cfg_places,
    "setup.py": setup_py_places,
}
REQUIREMENTS = (
    "*requirements*",
    "requirements/*",
    "tests/*requirements*",
    "test/*requirements*",
)
SUFFIXES = (".in", ".txt")

NOT_UTF_8 = "is not UTF-8"
CANNOT_READ = "cannot be read: {reason}"

_TOX_ROOT = re.compile(r"\{(?:toxinidir|tox_root)\}(?:/|\{/\})")


class Found(NamedTuple):
    """The places of a project, and the files that could not be read, with reasons."""

    places: list[Place]
    unreadable: dict[str, str]


def find_places(draft: Draft) -> Found:
    """Read every file of the project that may declare dependencies.

    Files that are included by others with `-r` and `-c` are read too. Symbolic links
    that lead out of the project are not followed.
    """
    found = Found([], {})
    texts = {path: _read(draft, found, path, READERS[path]) for path in READERS}
    waiting = [(path, False) for path in _requirements_files(draft)]
    lines = [_TOX_ROOT.sub("", line) for line in tox_entries(texts["tox.ini"])]
    waiting += _included("", lines)
    known: set[str] = set()
    while waiting:
        path, constraint = waiting.pop(0)
        if path not in known:
            known.add(path)
            read = partial(
                files.file_places,
                compiled=_has_source(draft, path),
                constraint=constraint,
            )
            text = _read(draft, found, path, read)
            lines = [entry.text for entry in files.entries(text)]
            waiting += _included(posixpath.dirname(path), lines)
    return found


def read_text(draft: Draft, path: str) -> str | None:
    """Return what a file of the project holds, or None where there is no such file.

    Raises:
        UnreadableError: It is not UTF-8, not readable, or not in the project.
    """
    place = draft.project / path
    if path not in draft.written and not place.is_file():
        return None
    if not place.resolve().is_relative_to(draft.project):
        raise UnreadableError(draft.refusal(path))
    try:
        content = draft.read(path)
        return None if content is None else content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(NOT_UTF_8) from error
    except OSError as error:
        raise UnreadableError(CANNOT_READ.format(reason=error.strerror)) from error


def _requirements_files(draft: Draft) -> list[str]:
    found = {
        path.relative_to(draft.project).as_posix()
        for pattern in REQUIREMENTS
        for suffix in SUFFIXES
        for path in draft.project.glob(pattern + suffix)
    }
    return sorted(found, key=lambda path: (path.count("/"), path))


def _has_source(draft: Draft, path: str) -> bool:
    """Whether a requirements file is compiled from the `.in` file beside it."""
    stem, suffix = posixpath.splitext(path)
    return suffix != ".in" and (draft.project / f"{stem}.in").is_file()


def _read(
    draft: Draft, found: Found, path: str, read: Callable[[str, str], list[Place]]
) -> str:
    """Add a file to what was found; return its text, empty where nothing is read."""
    try:
        text = read_text(draft, path)
        found.places.extend([] if text is None else read(path, text))
    except UnreadableError as error:
        found.unreadable[path] = str(error)
        return ""
    return text or ""


def _included(directory: str, lines: list[str]) -> list[tuple[str, bool]]:
    """Return the files inside the project that lines include; True for constraints."""
    includes = filter(None, map(files.included, lines))
    paths = [(posixpath.join(directory, name), limit) for name, limit in includes]
    normal = [(posixpath.normpath(path), limit) for path, limit in paths]
    return [(path, limit) for path, limit in normal if not path.startswith(("/", ".."))]
