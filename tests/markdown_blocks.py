"""What a Markdown document shows: code blocks, headings and links, for tests to try.

A block can be preceded by directives, one in a comment, that readers do not see:
`<!-- test: fails -->` stands for the directive `fails`.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DIRECTIVE = re.compile(r" *<!-- test: (?P<directive>.+?) -->")
_FENCE = re.compile(r"(?P<fence> *`{3,})(?P<language>[\w+-]*) *")
_HEADING = re.compile(r"(?P<depth>#{1,6}) (?P<title>.+)")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced code block.

    Attributes:
        file: The document.
        line: Where its text starts, counted from 1.
        language: The word after the opening fence; empty if there is none.
        text: The lines between the fences, without the indentation of a list item.
        directives: What the comments right above it tell the test.
        output: The text of the next block, if that one's language is `text`.
    """

    file: Path
    line: int
    language: str
    text: str
    directives: tuple[str, ...] = ()
    output: str | None = None


@dataclass(frozen=True)
class Heading:
    """A heading: its depth (1 to 6) and its text."""

    depth: int
    title: str

    @property
    def code(self) -> list[str]:
        """The code spans in it, without their backticks."""
        return _CODE.findall(self.title)


def blocks(file: Path) -> list[Block]:
    """Return the code blocks of a document in order.

    Raises:
        ValueError: A block is never closed.
    """
    found = [part for part in _parts(file) if isinstance(part, Block)]
    for index, (block, following) in enumerate(pairwise(found)):
        if following.language == "text":
            found[index] = replace(block, output=following.text)
    return found


def headings(file: Path) -> list[Heading]:
    """Return the headings of a document in order; a `#` in a code block is none."""
    matches = map(_HEADING.fullmatch, prose(file))
    return [Heading(len(match["depth"]), match["title"]) for match in matches if match]


def links(file: Path) -> list[str]:
    """Return the targets of a document's links in order."""
    return [match["target"] for line in prose(file) for match in _LINK.finditer(line)]


def prose(file: Path) -> list[str]:
    """Return the lines of a document outside its code blocks, directives aside."""
    return [part for part in _parts(file) if isinstance(part, str)]


def _parts(file: Path) -> Iterator[Block | str]:
    """Yield the blocks, and the lines around them."""
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    directives: list[str] = []
    for number, line in lines:
        if fence := _FENCE.fullmatch(line):
            text = _until(fence["fence"], lines, where=f"{file}:{number}")
            yield Block(file, number + 1, fence["language"], text, tuple(directives))
            directives.clear()
        elif directive := _DIRECTIVE.fullmatch(line):
            directives.append(directive["directive"])
        else:
            yield line
            if line:
                directives.clear()


def _until(fence: str, lines: Iterator[tuple[int, str]], where: str) -> str:
    text: list[str] = []
    for _, line in lines:
        if line.rstrip() == fence:
            return textwrap.dedent("".join(text))
        text.append(f"{line}\n")
    msg = f"{where}: this code block is never closed"
    raise ValueError(msg)
