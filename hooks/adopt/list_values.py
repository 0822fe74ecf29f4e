"""Reads and lengthens settings that hold several values, as pytest understands them."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from adopt.lines import indentation, line_end

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Value: TypeAlias = str | bool | list[str]

# Settings with one value to a line; in a string, pytest takes all others for words.
LINE_LISTS = frozenset({"asyncio_checks", "filterwarnings", "markers"})
PATH_LISTS = frozenset({"pythonpath", "testpaths"})


def entries(name: str, value: object) -> list[str]:
    """Return the values that a setting holds.

    Args:
        name: The setting.
        value: What it is set to: a string, as in INI files, or a list.

    Raises:
        ValueError: Its quotation marks do not match.
    """
    if isinstance(value, list):
        return [str(entry) for entry in cast("list[object]", value)]
    if name in LINE_LISTS:
        return [line.strip() for line in str(value).split("\n") if line.strip()]
    return shlex.split(str(value))


def missing(name: str, theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Return which of our values are not among theirs."""
    known = {_meaning(name, entry) for entry in theirs}
    return [entry for entry in ours if _meaning(name, entry) not in known]


def same(name: str, theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Say whether two lists mean the same to pytest."""
    return [_meaning(name, entry) for entry in theirs] == [
        _meaning(name, entry) for entry in ours
    ]


def quoted(name: str, entry: str) -> str:
    """Return one value as it is written in a string of several."""
    if name in LINE_LISTS or _is_one_word(entry):
        return entry
    return shlex.quote(entry)


def lengthened(name: str, written: str, added: Sequence[str], new_line: str) -> str:
    """Return a string of several values with more of them at its end.

    What has several lines gets another for each value, indented like the last one.

    Args:
        name: The setting.
        written: The string as it is written, or the end of it.
        added: The further values, as they are to be written.
        new_line: What begins a second line.
    """
    head = written.rstrip()
    lines = head.splitlines()
    if len(lines) > 1:
        separator = line_end(head) + indentation(lines[-1])
    elif name in LINE_LISTS:
        separator = new_line
    else:
        separator = " "
    parts = [head, *added] if head else added
    return separator.join(parts) + written[len(head) :]


def _meaning(name: str, entry: str) -> str:
    return str(PurePosixPath(entry)) if name in PATH_LISTS else entry


def _is_one_word(entry: str) -> bool:
    try:
        return shlex.split(entry) == [entry]
    except ValueError:
        return False
