"""What can be told of a file by its bytes, so that it need not be parsed."""

from __future__ import annotations

import re

# --- Glances --------------------------------------------------------------------------

# There is one way only in which each of these matches a line: where there were two,
# it would take twice as long for each line more to find that there is nothing.
_BLANK = r"(?!\1[ \t])[ \t]*\r?\n"
# The lines of a definition's decorators, from the first of them on: `\1` is what they
# are indented by. A closing bracket may stand as far to the left.
_MORE_DECORATORS = rf"(?:\1[@ \t)\]}}#][^\n]*\n|{_BLANK})*"
# Those of its body, up to the line that the next pattern is looked for in.
_BODY = rf"(?:\1[ \t)][^\n]*\n|{_BLANK})*?\1[ \t][^\n]*"
# Names for what is looked for may have been given in one of these ways.
_OTHER_NAMES = (
    r"^[ \t]*from (?:pytest|pytest_asyncio)\b|^[ \t]*import pytest\w* as\b"
    r"|^[ \t]*from (?:asyncio|aiohttp)\b[^\n]* as\b"
    r"|^(?!pytestmark\b)\w+ *= *[\[(]?pytest"
)


def in_body(start: str, word: str) -> re.Pattern[bytes]:
    """Return a pattern for a word in the body of a function.

    Args:
        start: What the function's first line begins with, as a regular expression.
        word: What is in the body, likewise.
    """
    return _lines(rf"^([ \t]*){start}[^\n]*\n{_BODY}(?:{word})")


def decorated(decorator: str, start: str, word: str = "") -> re.Pattern[bytes]:
    """Return a pattern for a function with a decorator, and a word in its body.

    Args:
        decorator: What is in a line of the decorator, as a regular expression.
        start: What the function's first line begins with, likewise.
        word: What is in the body, likewise; empty if that does not matter.
    """
    body = rf"[^\n]*\n{_BODY}(?:{word})" if word else ""
    found = rf"^([ \t]*)@[^\n]*(?:{decorator})[^\n]*\n{_MORE_DECORATORS}\1{start}{body}"
    return _lines(rf"{found}|{_OTHER_NAMES}")


def twice(word: str) -> str:
    """Return what `decorated` takes for a word that comes twice in a function's body.

    Twice in one line counts as well.
    """
    return rf"{word}(?:[^\n]*\n{_BODY})?[^\n]*{word}"


def is_outside_functions(raw: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether something may stand in a module, but in none of its functions.

    Args:
        raw: The module.
        pattern: What is looked for.
    """
    return any(not _is_in_function(raw, match) for match in pattern.finditer(raw))


def _is_in_function(raw: bytes, match: re.Match[bytes]) -> bool:
    """Go up through the lines that are indented less and less, to a function's first.

    A parameter's default, in that very line, is no part of what the function does.
    """
    lines = raw[: match.start()].split(b"\n")
    indented = _indentation(lines[-1])
    for line in reversed(lines[:-1]):
        depth = _indentation(line)
        if line.strip() and depth < indented:
            indented = depth
            if line.lstrip().startswith((b"def ", b"async def ")):
                return True
    return False


def _indentation(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))


def _lines(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.MULTILINE)
