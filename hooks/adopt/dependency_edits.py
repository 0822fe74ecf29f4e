"""What all edits of a list of requirements share: where a line goes, and the check."""

from __future__ import annotations

import itertools
import re
from bisect import bisect
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

BESIDE = {"pytest", "pytest-asyncio"}

UNUSUAL = "is written in a way that this program does not edit"
CHANGED = "cannot be edited without changing something else"

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class CannotAddError(Exception):
    """An entry cannot be added safely; the text says why, for after the file's name."""


def insertion_index(entries: Sequence[str | None], added: Requirement) -> int:
    """Return where in a list a requirement goes.

    A list in order stays in order, be it by name or by the whole text. In others the
    requirement goes behind pytest, or else behind the last requirement.

    Args:
        entries: The entries as they are written, None for those of another kind.
        added: What is added.
    """
    known = [index for index, entry in enumerate(entries) if entry is not None]
    texts = [entry for entry in entries if entry is not None]
    if not texts:
        return len(entries)
    for key in (_name, str.lower):
        keys = [key(text) for text in texts]
        if keys == sorted(keys):
            place = bisect(keys, key(str(added)))
            return known[place - 1] + 1 if place else known[0]
    beside = [i for i, text in zip(known, texts, strict=True) if _name(text) in BESIDE]
    return (beside or known[-1:])[0] + 1


def ensure_only_added(before: Sequence[str], after: Sequence[str], added: str) -> None:
    """Check that one entry was added to a list of them.

    Raises:
        CannotAddError: It is not there once, or others are not as they were.
    """
    rest = list(after)
    if rest.count(added) != 1:
        raise CannotAddError(CHANGED)
    rest.remove(added)
    if rest != list(before):
        raise CannotAddError(CHANGED)


def ensure_lines_kept(before: str, after: str) -> None:
    """Check that all lines are still there, in order, but for one that has grown.

    Raises:
        CannotAddError: They are not.
    """
    old, new = before.split("\n"), after.split("\n")
    if _same(old, new) + _same(old[::-1], new[::-1]) < len(old) - 1:
        raise CannotAddError(CHANGED)


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the lines that two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _name(text: str) -> str:
    found = _NAME.match(text)
    return canonicalize_name(found[0]) if found else text.lower()
