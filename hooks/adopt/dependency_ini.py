"""Dependencies in tox.ini and setup.cfg: read, and added to."""

from __future__ import annotations

import configparser
import io
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from configupdater import ConfigUpdater

from adopt.dependency_declarations import declaration
from adopt.dependency_edits import (
    BESIDE,
    CHANGED,
    UNUSUAL,
    CannotAddError,
    ensure_lines_kept,
    ensure_only_added,
    insertion_index,
)
from adopt.dependency_files import with_line
from adopt.dependency_places import Kind, Place, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

_SENTINEL = "the-place-of-what-is-looked-for"
_FACTORS = re.compile(r"[\w.,!{}\- ]+:\s+")
_COMMENT = re.compile(r"^\s*;.*|(?:^|\s)#.*")


class _Entry(NamedTuple):
    """A requirement: on which line of its option, and behind which tox factors."""

    line: int
    factors: str
    text: str


def tox_places(path: str, text: str) -> list[Place]:
    """Find the environments in a tox.ini that list what they install.

    Raises:
        UnreadableError: It cannot be parsed.
    """
    return [
        _place(path, Kind.TOX, option, option[0].partition(":")[2] or option[0], lines)
        for option, lines in _options(text).items()
        if _is_tox_list(option)
    ]


def tox_entries(text: str) -> list[str]:
    """Return what the environments of a tox.ini install, included files among them.

    Raises:
        UnreadableError: It cannot be parsed.
    """
    return [
        entry.text
        for option, lines in _options(text).items()
        if _is_tox_list(option)
        for entry in _entries(lines)
    ]


def setup_cfg_places(path: str, text: str) -> list[Place]:
    """Find the extras in a setup.cfg, and what is required to run and to test.

    Raises:
        UnreadableError: It cannot be parsed.
    """
    found: list[Place] = []
    for option, lines in _options(text).items():
        section, key = option
        if section == "options.extras_require" and not _is_file_list(lines):
            found.append(_place(path, Kind.SETUP_CFG, option, key, lines))
        elif section == "options" and key in {"install_requires", "tests_require"}:
            found.append(_place(path, Kind.RUNTIME, option, key, lines))
    return found


def _is_tox_list(option: tuple[str, str]) -> bool:
    return option[0].partition(":")[0] == "testenv" and option[1] == "deps"


def _is_file_list(lines: Sequence[str]) -> bool:
    return re.search(r"[=:]\s*file:", "".join(lines)) is not None


def _place(
    path: str, kind: Kind, option: tuple[str, str], group: str, lines: Sequence[str]
) -> Place:
    section, key = option
    read = [declaration(entry.text) for entry in _entries(lines)]
    return Place(
        path,
        kind,
        f"[{section}] {key}",
        group,
        tuple(filter(None, read)),
        partial(_add, option=option),
    )


def _options(text: str) -> dict[tuple[str, str], list[str]]:
    """Return the lines of every option, by section and key."""
    document = _parsed(text)
    return {
        (section.name, option.key): option.lines
        for section in document.iter_sections()
        for option in section.iter_options()
    }


def _parsed(text: str) -> ConfigUpdater:
    document = ConfigUpdater()
    try:
        document.read_string(text)  # pyright: ignore[reportUnknownMemberType] - Self is newer than 3.10
    except configparser.Error as error:
        message = f"cannot be parsed: {' '.join(str(error).split())}"
        raise UnreadableError(message) from error
    return document


def _entries(lines: Sequence[str]) -> list[_Entry]:
    """Split the lines of an option into its requirements."""
    found: list[_Entry] = []
    for number, line in enumerate(lines):
        # The first line has the option's name, and may hold several requirements.
        value = line if number else re.split("[=:]", line, maxsplit=1)[-1]
        text = _COMMENT.sub("", value)
        for part in [text] if number else text.split(";"):
            factors = _FACTORS.match(part.strip())
            prefix = factors[0] if factors else ""
            found.append(_Entry(number, prefix, part.strip()[len(prefix) :]))
    return [entry for entry in found if entry.text]


def _add(text: str, added: Requirement, *, option: tuple[str, str]) -> str:
    before = _options(text)
    entries = _entries(before[option])
    if option[0] == "options.extras_require" and len({e.line for e in entries}) < len(
        entries
    ):
        raise CannotAddError(UNUSUAL)
    texts = [None if entry.text[0] in "-{" else entry.text for entry in entries]
    place = _line_behind(entries, insertion_index(texts, added))
    line = _factors(entries) + str(added)
    lines = with_line(
        list(io.StringIO(text, newline="\n")),
        _first_line(text, option) + place,
        _indent(before[option]) + line,
    )
    result = "".join(lines)
    ensure_lines_kept(text, result)
    _ensure_only_added(before, _options(result), option, line)
    return result


def _line_behind(entries: Sequence[_Entry], index: int) -> int:
    """Return the number of the line that a new one at this index is put before."""
    if not entries:
        return 1
    if index == 0 and entries[0].line:
        return entries[0].line
    return entries[max(index - 1, 0)].line + 1


def _factors(entries: Sequence[_Entry]) -> str:
    """Return the factors that pytest is for, if they are the same wherever it is."""
    read = [(entry.factors, declaration(entry.text)) for entry in entries]
    factors = {prefix for prefix, each in read if each and each.name in BESIDE}
    return factors.pop() if len(factors) == 1 else ""


def _indent(lines: Sequence[str]) -> str:
    indents = [re.match(r"[ \t]+(?=\S)", line) for line in lines[1:]]
    return next((found[0] for found in indents if found), "    ")


def _first_line(text: str, option: tuple[str, str]) -> int:
    """Find the line that an option begins on; ConfigUpdater does not tell."""
    document = _parsed(text)
    document[option[0]][option[1]].value = _SENTINEL
    lines = io.StringIO(str(document), newline="\n")
    return next(number for number, line in enumerate(lines) if _SENTINEL in line)


def _ensure_only_added(
    before: dict[tuple[str, str], list[str]],
    after: dict[tuple[str, str], list[str]],
    option: tuple[str, str],
    line: str,
) -> None:
    if {**before, option: after.get(option)} != after:
        raise CannotAddError(CHANGED)
    old, new = ([each.strip() for each in side[option]] for side in (before, after))
    ensure_only_added(old, new, line)
