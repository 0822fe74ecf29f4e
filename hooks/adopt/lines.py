"""Adds lines to a text in the way its own lines are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_ENDS = ("\r\n", "\n", "\r")


def line_end(text: str) -> str:
    r"""Return what ends the last complete line of a text; `\n` if it has none."""
    for line in reversed(text.splitlines(keepends=True)):
        for end in LINE_ENDS:
            if line.endswith(end):
                return end
    return "\n"


def indentation(line: str) -> str:
    """Return the white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def as_comment(text: str) -> list[str]:
    """Return a text as lines that are comments in INI and TOML."""
    return [f"# {line}".rstrip() for line in text.splitlines()]


def added_after(before: str, lines: Sequence[str]) -> str:
    """Return what to write after `before` to have the lines follow it.

    Where `before` is the end of a file and has no line end, neither has the result.
    """
    end = line_end(before)
    if before and not before.endswith(LINE_ENDS):
        return "".join(end + line for line in lines)
    return "".join(line + end for line in lines)


def with_section(text: str, header: str, lines: Sequence[str]) -> str:
    """Return a configuration file with one more section at its end."""
    existing = text.splitlines()
    gap = [""] if existing and existing[-1].strip() else []
    return text + added_after(text, [*gap, header, *lines])


def only_added(before: str, after: str) -> bool:
    """Say whether `after` is `before` with text added in one place.

    Whole lines are added, and at most one of the original ones has become longer.
    """
    old = before.splitlines(keepends=True)
    new = after.splitlines(keepends=True)
    same = _same_at_start(old, new)
    old, new = old[same:], new[same:]
    same = _same_at_start(old[::-1], new[::-1])
    replaced = "".join(old[: len(old) - same])
    rest = iter("".join(new[: len(new) - same]))
    return len(old) - same <= 1 and all(char in rest for char in replaced)


def _same_at_start(old: Sequence[str], new: Sequence[str]) -> int:
    shorter = min(len(old), len(new))
    return next((at for at in range(shorter) if old[at] != new[at]), shorter)
