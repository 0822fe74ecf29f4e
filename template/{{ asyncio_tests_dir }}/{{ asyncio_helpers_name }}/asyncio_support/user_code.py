"""Whose code a file is, the user's or not, and how reports name it."""

import functools
import linecache
import os
import re
import site
from pathlib import Path
from types import CodeType

_OURS = str(Path(__file__).parent) + os.sep
# Not by `sysconfig`, which reads all that Python was built with: 2 ms of every run.
_STDLIB = str(Path(os.__file__).parent) + os.sep
_INSTALLED = tuple(each + os.sep for each in site.getsitepackages())
_OTHERS = (_OURS, _STDLIB, *_INSTALLED, "<frozen ", "<string>", "<attrs ")

_DEF = re.compile(r"\s*(async\s+)?def\s")

STARTED_IN = Path.cwd()
_KNOWN: dict[str, bool] = {}
_LIBRARY: dict[str, bool] = {}


def is_users(file: str) -> bool:
    """Tell whether a file is the user's: not the library's, not installed, not ours."""
    known = _KNOWN.get(file)
    if known is None:
        others = file.startswith(_OTHERS) or "site-packages" in file
        known = _KNOWN[file] = not others
    return known


def is_ours(file: str) -> bool:
    """Tell whether a file is part of this package."""
    return file.startswith(_OURS)


def is_library(file: str) -> bool:
    """Tell whether a file is Python's own or part of this package: none installed."""
    known = _LIBRARY.get(file)
    if known is None:
        named = file.startswith((_OURS, _STDLIB, "<frozen "))
        known = _LIBRARY[file] = named and not _is_installed(file)
    return known


def _is_installed(file: str) -> bool:
    return "site-packages" in file or file.startswith(_INSTALLED)


def def_line(code: CodeType) -> int:
    """Return the line of the `def` that some code is of, whatever decorates it."""
    lines = linecache.getlines(code.co_filename)
    first = code.co_firstlineno
    following = enumerate(lines[first - 1 :], start=first)
    return next((number for number, text in following if _DEF.match(text)), first)


@functools.cache
def shown(file: str) -> str:
    """Return a file's name as pytest shows it: relative to where it was started."""
    try:
        relative = os.path.relpath(file, STARTED_IN)
    except ValueError:  # on another drive
        return file
    return file if relative.startswith("..") else relative
