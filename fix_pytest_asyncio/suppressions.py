"""Comments that keep a finding quiet: `# pta: ignore[PTA101]`."""

from __future__ import annotations

import io
import re
import tokenize
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from .source import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .rule import Finding
    from .source import Module

# --- Comments that keep a finding quiet -----------------------------------------------

_IGNORE_WORD = b"pta:"
_IGNORE = re.compile(r"#\s*pta:\s*ignore\b(?:\s*\[(?P<codes>[^\]]*)\])?")
_NO_CODE = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT})


class Suppression(NamedTuple):
    """A comment that keeps findings quiet.

    Attributes:
        line: Where it is, from 1.
        column: The same, in characters, from 1.
        end_column: Where it ends.
        codes: The codes that it names.
        lines: The lines whose findings it is about: its own, and if it stands on the
            first or the last line of a statement, or of the head of a block, all of
            that.
    """

    line: int
    column: int
    end_column: int
    codes: tuple[str, ...]
    lines: range


def suppressions(module: Module) -> list[Suppression]:
    """Return the comments of a module that keep findings quiet."""
    if _IGNORE_WORD not in module.raw:
        return []
    found: list[Suppression] = []
    for comments, lines in _logical(module):
        for token in comments:
            match = _IGNORE.search(token.string)
            if not match:
                continue
            line, column = token.start
            codes = re.findall(r"[^\s,]+", match["codes"] or "")
            is_about_all = line in (lines.start, lines.stop - 1)
            about = lines if is_about_all else range(line, line + 1)
            start = column + match.start() + 1
            end = column + match.end() + 1
            found.append(Suppression(line, start, end, tuple(codes), about))
    return found


def _logical(module: Module) -> Iterator[tuple[list[tokenize.TokenInfo], range]]:
    """Yield comments with the lines of the statement, or the head of one, around."""
    text = LINE_END.sub("\n", module.text)
    comments: list[tokenize.TokenInfo] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token)
        if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not first):
            line = token.start[0]
            yield comments, range(first or line, line + 1)
            comments, first = [], 0
        elif not first and token.type not in _NO_CODE:
            first = token.start[0]


def not_suppressed(module: Module, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that no comment of the module keeps quiet."""
    quiet: defaultdict[int, set[str]] = defaultdict(set)
    for comment in suppressions(module):
        for line in comment.lines:
            quiet[line].update(comment.codes)
    return [finding for finding in findings if finding.code not in quiet[finding.line]]
