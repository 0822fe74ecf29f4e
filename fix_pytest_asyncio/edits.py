"""Changes of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

# --- Edits ----------------------------------------------------------------------------


class Edit(NamedTuple):
    """The text between two offsets and what to put there."""

    start: int
    end: int
    replacement: str


class OverlapError(ValueError):
    """Two edits claim the same place."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits, all of which are ranges of the original text.

    Args:
        text: The original.
        edits: In any order. The same edit given twice is applied once.

    Raises:
        OverlapError: If edits touch the same characters, or start at the same place,
            so that the result would depend on their order.
    """
    pieces: list[str] = []
    position, last_start = 0, -1
    for edit in sorted(set(edits)):
        if edit.start < position or edit.start == last_start:
            message = f"{edit!r} overlaps the edit before it"
            raise OverlapError(message)
        pieces += [text[position : edit.start], edit.replacement]
        position, last_start = edit.end, edit.start
    return "".join([*pieces, text[position:]])
