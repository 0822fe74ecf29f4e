"""A Python source file: its text, its syntax tree, and where what of it is."""

from __future__ import annotations

import ast
import bisect
import io
import itertools
import re
import sys
import warnings
from dataclasses import dataclass
from functools import cached_property
from tokenize import detect_encoding
from typing import TYPE_CHECKING, cast

from .files import UnusableFileError, read_file
from .names import Names
from .syntax import DEFINITIONS, FUNCTIONS, children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .syntax import Function

# --- Modules --------------------------------------------------------------------------

# Python ends a line at these only; str.splitlines() also does at form feeds and others.
LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
BLANK_LINES = re.compile(r"(?:[ \t\f]*(?:\r\n?|\n))*")
LINE_END = re.compile(r"\r\n?|\n")
# What may stand between a simple statement and the end of its logical line.
REST_OF_LINE = re.compile(r"(?:[ \t\f;]|\\(?:\r\n?|\n))*(?:\#[^\r\n]*)?(?:\r\n?|\n|\Z)")

_COMMA = re.compile(r"[ \t]*,")
_COMMENT_TO_LINE_END = re.compile(r"[ \t]*(?:\#[^\r\n]*)?(?:\r\n?|\n)")


class NotFixableError(Exception):
    """The text stands in such a way that it is better changed by hand."""


@dataclass(frozen=True)
class Module:
    """A Python source file; all but its bytes is worked out when asked for."""

    path: Path
    raw: bytes

    @classmethod
    def read(cls, path: Path) -> Module:
        """Read a file.

        Raises:
            UnusableFileError: If there is no such file or it cannot be read.
        """
        return cls(path, read_file(path))

    def with_text(self, text: str) -> Module:
        """The module with another text in the same encoding."""
        return Module(self.path, text.encode(self.encoding))

    @cached_property
    def encoding(self) -> str:
        """The encoding by PEP 263; `utf-8-sig` where there is a byte order mark."""
        universal = self.raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        try:
            return detect_encoding(io.BytesIO(universal).readline)[0]
        except SyntaxError as error:
            raise UnusableFileError(self.path, str(error)) from error

    @cached_property
    def text(self) -> str:
        """The source text without a byte order mark, its line ends as they are."""
        if b"\0" in self.raw:
            raise UnusableFileError(self.path, "contains null bytes: not Python source")
        try:
            text = self.raw.decode(self.encoding)
            exact = text.encode(self.encoding) == self.raw
        except (LookupError, ValueError) as error:
            reason = f"cannot be decoded: {error}"
            raise UnusableFileError(self.path, reason) from error
        if not exact:
            reason = f"would not come back from {self.encoding} with the same bytes"
            raise UnusableFileError(self.path, reason)
        return text

    @cached_property
    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends."""
        return LINE.findall(self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return list(itertools.accumulate(map(len, self.lines), initial=0))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        source = LINE_END.sub("\n", self.text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(source, filename=str(self.path))
        except SyntaxError as error:
            raise UnusableFileError(
                self.path, f"syntax error: {error.msg}", error.lineno, error.offset
            ) from error
        except ValueError as error:
            raise UnusableFileError(self.path, str(error)) from error

    @cached_property
    def names(self) -> Names:
        """Which names are bound and used where."""
        return Names.of(self.tree)

    def offset(self, line: int, column: int = 0) -> int:
        """Where in the text a position is that a syntax tree gives, in UTF-8 bytes."""
        return self._line_starts[line - 1] + self._characters(line, column)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where in the text a node begins and ends; a definition at its `def`."""
        at: ast.expr = node  # type: ignore[assignment]  # all that are asked for have a place
        last, column = at.end_lineno or 0, at.end_col_offset or 0
        return self.offset(at.lineno, at.col_offset), self.offset(last, column)

    def span_with_decorators(self, node: ast.stmt) -> tuple[int, int]:
        """Where in the text a statement begins and ends."""
        start, end = self.span(node)
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if decorators:
            start = self.text.rindex("@", 0, self.span(decorators[0])[0])
        return start, end

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in walk(self.tree) for child in children(node)}

    def parent(self, node: ast.AST) -> ast.AST:
        """The node that one is in."""
        return self._parents[node]

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that one is in, the innermost first."""
        while node in self._parents:
            node = self._parents[node]
            yield node

    def function_of(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The function whose code a node is."""
        previous = node
        for parent in self.parents(node):
            if isinstance(parent, (*FUNCTIONS, ast.Lambda)):
                body = parent.body if isinstance(parent.body, list) else [parent.body]
                if previous in body:
                    return parent
            previous = parent
        return None

    def outermost(self, node: ast.AST) -> ast.stmt:
        """The statement of the module itself that a node is in."""
        return cast("ast.stmt", [node, *self.parents(node)][-2])

    def block_of(self, node: ast.stmt) -> Sequence[ast.stmt]:
        """The statements that one stands among."""
        fields: Iterator[tuple[str, object]] = ast.iter_fields(self.parent(node))
        lists = (
            cast("list[ast.stmt]", value)
            for _, value in fields
            if isinstance(value, list)
        )
        return next(each for each in lists if node in each)

    def qualified(self, node: ast.expr) -> str:
        """What an expression stands for by the imports: see `Names.qualified`."""
        return self.names.qualified(node)

    def indentation(self, node: ast.stmt) -> str | None:
        """What stands before a statement on its line; None if that is code."""
        start = self.span_with_decorators(node)[0]
        line = max(self.text.rfind(each, 0, start) for each in "\r\n") + 1
        before = self.text[line:start]
        return None if before.strip(" \t\f") else before

    def refuse_comments(self, start: int, end: int) -> None:
        """Raise an error if a range that is about to go has a comment in it.

        Raises:
            NotFixableError: If so, or where it looks like it.
        """
        if "#" in self.text[start:end]:
            raise NotFixableError

    def comma_behind(self, offset: int) -> int | None:
        """Where a comma ends that follows a place, with blanks between at most."""
        match = _COMMA.match(self.text, offset)
        return match.end() if match else None

    def whole_lines(self, start: int, end: int) -> tuple[int, int] | None:
        """The lines of a range, if nothing else but a comment behind it is in them."""
        line = max(self.text.rfind(each, 0, start) for each in "\r\n") + 1
        rest = _COMMENT_TO_LINE_END.match(self.text, end)
        if rest is None or self.text[line:start].strip(" \t\f"):
            return None
        return line, rest.end()

    def above_comments(self, start: int) -> int:
        """Where the comments begin that stand right above the line that starts here."""
        for line in reversed(LINE.findall(self.text, 0, start)):
            if not line.lstrip(" \t\f").startswith("#"):
                break
            start -= len(line)
        return start

    def blank_lines_above(self, start: int) -> int:
        """Where the blank lines begin that end here."""
        for line in reversed(LINE.findall(self.text, 0, start)):
            if line.strip():
                break
            start -= len(line)
        return start

    def blank_lines_below(self, end: int) -> int:
        """Where the blank lines end that begin here."""
        match = BLANK_LINES.match(self.text, end)
        return match.end() if match else end

    def place(self, node: ast.AST) -> tuple[int, int, int]:
        """Line, column and last column of a node as people count them, from 1.

        A node of several lines ends, in this sense, where the first of them does; of a
        definition it is the name that counts.
        """
        start, end = self.span(node)
        if isinstance(node, DEFINITIONS):
            name = self.text.find(node.name, start, end)  # not there if normalised
            start, end = max(name, start), max(name, start) + len(node.name)
        line = bisect.bisect_right(self._line_starts, start)
        begin = self._line_starts[line - 1]
        last = begin + len(self.lines[line - 1].rstrip("\r\n"))
        return line, start - begin + 1, min(end, last) - begin + 1

    def _characters(self, line: int, column: int) -> int:
        return len(self.lines[line - 1].encode()[:column].decode(errors="replace"))

    def line_end_near(self, offset: int) -> str:
        """What ends the line before an offset, or failing that the one after it."""
        before = self.text[max(offset - 2, 0) : offset]
        near = LINE_END.search(before) or LINE_END.search(self.text, offset)
        return near.group() if near else "\n"


@dataclass(frozen=True)
class LogicalLine:
    """Statements that share a line, and the range of whole lines that they take up."""

    statements: Sequence[ast.stmt]
    start: int
    end: int


def logical_lines(module: Module) -> list[LogicalLine]:
    """Return the lines that the statements of a module stand on."""
    lines: list[LogicalLine] = []
    statements: list[ast.stmt] = []
    for statement in module.tree.body:
        statements.append(statement)
        last, column = statement.end_lineno, statement.end_col_offset
        end = module.offset(last or 0, column or 0)
        if rest := REST_OF_LINE.match(module.text, end):
            start = module.offset(first_line(statements[0]))
            lines.append(LogicalLine(statements, start, rest.end()))
            statements = []
    return lines


def first_line(statement: ast.stmt) -> int:
    """Return the line that a statement begins in, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min(statement.lineno, *(node.lineno for node in decorators), sys.maxsize)
