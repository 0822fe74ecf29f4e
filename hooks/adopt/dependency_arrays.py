"""Adds an entry to the text of a TOML array, in the way its other entries are written.

tomlkit's own insertion is not used. Behind a last element without a comma that has a
comment below it, tomlkit 0.15 forgets the comma, and the file is broken. It also always
writes double quotes, and puts an entry below the comment that is the next one's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from adopt.dependency_edits import insertion_index

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_TOKEN = re.compile(
    r"""
    (?P<element> "(?:[^"\\\n]|\\.)*" | '[^'\n]*' | \{[^{}]*\} )
    | (?P<comment> \#[^\r\n]* )
    | (?P<comma> , )
    """,
    re.VERBOSE,
)
_LINE_START = re.compile(r"(\r?\n[ \t]*)\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\#[^\r\n]*)?(?=\r?\n)")


class Element(NamedTuple):
    """An element: its text, where it begins and ends, and where its comma ends."""

    text: str
    start: int
    end: int
    comma_end: int | None


def elements(array: str) -> list[Element]:
    """Find the strings and inline tables of an array that holds nothing else."""
    found: list[Element] = []
    for token in _TOKEN.finditer(array):
        if token["element"]:
            found.append(Element(token[0], token.start(), token.end(), None))
        elif token["comma"] and found:
            found[-1] = found[-1]._replace(comma_end=token.end())
    return found


def with_entry(array: str, added: Requirement) -> str:
    """Return an array's text with a requirement among its elements.

    Args:
        array: From the opening to the closing bracket.
        added: What is added; see `insertion_index` for where.
    """
    present = elements(array)
    texts = [None if each.text[0] == "{" else each.text[1:-1] for each in present]
    quotes = [each.text[0] for each in present if each.text[0] != "{"] or ['"']
    entry = f"{quotes[0]}{added}{quotes[0]}"
    if not present:
        return _with_first(array, entry)
    index = insertion_index(texts, added)
    breaks = [_LINE_START.search(array[: each.start]) for each in present]
    line_start = breaks[max(index - 1, 0)] or breaks[-1]
    # The first may share its line with the bracket.
    if line_start and all(breaks[1:]):
        if index == 0:
            return _with_piece(array, present[0].start, f"{entry},{line_start[0]}")
        return _with_line(array, present[index - 1], line_start[0] + entry)
    gap = array[present[0].end : present[1].start] if len(present) > 1 else ", "
    comma = "," if gap == "," else ", "
    if index == 0:
        return _with_piece(array, present[0].start, entry + comma)
    return _with_piece(array, present[index - 1].end, comma + entry)


def _with_first(array: str, entry: str) -> str:
    lines = array.splitlines(keepends=True)
    if len(lines) == 1:
        return f"[{entry}]"
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    body = array[:-1].rstrip()
    return _with_piece(array, len(body), f"{newline}    {entry},")


def _with_line(array: str, previous: Element, line: str) -> str:
    """Put a line behind that of an element, with a comma where that one has one."""
    after = previous.comma_end or previous.end
    rest = _REST_OF_LINE.match(array, after)
    place = rest.end() if rest else after
    if previous.comma_end:
        return _with_piece(array, place, f"{line},")
    return _with_piece(_with_piece(array, place, line), previous.end, ",")


def _with_piece(text: str, place: int, piece: str) -> str:
    return text[:place] + piece + text[place:]
