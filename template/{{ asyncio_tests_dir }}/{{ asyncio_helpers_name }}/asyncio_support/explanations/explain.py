"""From an error to what a report says of it."""

import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ..user_code import shown
from .chain import related
from .explanation import Explanation, Failure, Seen, text_of
from .table import EXPLANATIONS

_GUIDE = Path(__file__).parents[3] / "ASYNC_TESTING.md"
_WIDTH = 88
_INDENT = " " * 10


def explain(node: pytest.Item | pytest.Collector, error: BaseException) -> list[str]:
    """Return what the messages of an error mean, those behind it included.

    Each message is explained once. An explanation that fails itself is left out: it
    must not take the place of the user's error.
    """
    texts: list[str] = []
    with suppress(Exception):
        explained: set[str] = set()
        for explanation, failure in _found(node, error):
            if explanation.heading not in explained:
                explained.add(explanation.heading)
                texts.append(_text(explanation, failure))
    return texts


def _found(
    node: pytest.Item | pytest.Collector, error: BaseException
) -> Iterator[tuple[Explanation, Failure]]:
    for each, is_handled in related(error):
        for explanation in EXPLANATIONS:
            if is_handled and explanation.is_often_handled:
                continue
            failure = explanation.failure(node, each)
            if failure is not None:
                yield explanation, failure
                break


def _text(explanation: Explanation, failure: Failure) -> str:
    seen = _seen(explanation, failure)
    lines = [
        _message(failure),
        _paragraph("cause", seen.cause),
        _paragraph("do", seen.remedy or explanation.remedy),
    ]
    if _GUIDE.exists():
        lines.append(f'  see     {shown(str(_GUIDE))}, "{explanation.heading}"')
    return "\n".join(lines)


def _seen(explanation: Explanation, failure: Failure) -> Seen:
    """Return what is seen in this failure, or what is true of all of them."""
    with suppress(Exception):
        seen = explanation.look(failure)
        if seen is not None:
            return seen
    return Seen(explanation.cause)


def _message(failure: Failure) -> str:
    """Return the first line of an error, or the part of it that is explained."""
    text, match = text_of(failure.error), failure.match
    shown = text.partition("\n")[0]
    if len(shown) > _WIDTH:
        before = "... " if match.start() else ""
        shown = before + textwrap.shorten(match.group(), _WIDTH, placeholder="")
        shown += "" if text.endswith(shown) else " ..."
    return f"{type(failure.error).__name__}: {shown}"


def _paragraph(word: str, text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"  {word:<8}",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
