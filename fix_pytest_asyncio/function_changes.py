"""Changes of functions: what they take, what they begin with, and of what kind."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING, cast

from .changes import AddDecorator, Change, MakeAsync
from .edits import Edit
from .source import LINE_END, NotFixableError, first_line
from .syntax import DEFINITIONS, arguments_of, string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .changes import Surgery
    from .source import Module
    from .syntax import Function

# --- Changes of functions -------------------------------------------------------------

_STAR_BEFORE = re.compile(r"\*\s*,\s*\Z")
_SLASH_BEHIND = re.compile(r"\s*,\s*/")
_COMMA_BEFORE = re.compile(r"\s*,\s*\Z")
_COMMA_BEHIND = re.compile(r"[ \t]*,[ \t]*(?:\\?(?:\r\n?|\n)[ \t]*)?")
_COMMA_AT_END = re.compile(r"(,)(?:\s|\#[^\r\n]*)*\)\Z")
_REST_OF_PARAMETERS = re.compile(r"\s*,?\s*\)")
# `await` binds closer than anything but these.
_PRIMARIES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


class DeleteParameter(Change):
    """A parameter without a default goes, with a star or slash that is left alone."""

    def __init__(self, function: Function, argument: ast.arg) -> None:
        """Say of which function, and which."""
        self._arguments, self._argument = function.args, argument

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: lines of its own, or what is up to its neighbour."""
        start, end = self._with_star(module)
        alone = len(arguments_of(self._arguments)) == 1
        rest = _REST_OF_PARAMETERS.match(module.text, end)
        comma = _COMMA_BEHIND.match(module.text, end)
        lines = module.whole_lines(start, module.comma_behind(end) or end)
        if alone and rest:
            start, end = module.text.rindex("(", 0, start) + 1, rest.end() - 1
        elif lines:
            yield Edit(*lines, "")
            return
        elif comma and not (rest and rest.end() > comma.end()):
            end = comma.end()
        elif before := _COMMA_BEFORE.search(module.text, 0, start):
            start = before.start()
        module.refuse_comments(start, end)
        yield Edit(start, end, "")

    def _with_star(self, module: Module) -> tuple[int, int]:
        start, end = module.span(self._argument)
        arguments = self._arguments
        if arguments.kwonlyargs == [self._argument] and arguments.vararg is None:
            star = _STAR_BEFORE.search(module.text, 0, start)
            start = star.start() if star else start
        if arguments.posonlyargs == [self._argument]:
            slash = _SLASH_BEHIND.match(module.text, end)
            end = slash.end() if slash else end
        return start, end

    def operate(self, surgery: Surgery) -> None:
        """Take it out."""
        surgery.replaced[self._argument] = []
        arguments = self._arguments
        if self._argument in arguments.kwonlyargs:
            defaults = [*arguments.kw_defaults]
            del defaults[arguments.kwonlyargs.index(self._argument)]
            surgery.fields[arguments, "kw_defaults"] = defaults


class BeginWith(Change):
    """A function's code begins with another statement, below its docstring."""

    def __init__(self, function: Function, code: str) -> None:
        """Say which function, and the statement: a simple one."""
        self._code = code
        first = function.body[0]
        has_docstring = isinstance(first, ast.Expr) and string(first.value) is not None
        self._docstring = first if has_docstring else None
        body = function.body[1:] if has_docstring else function.body
        self._before = body[0] if body else None

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: a line above the first statement and its comments."""
        if self._before is None:
            raise NotFixableError
        indented = module.indentation(self._before)
        start = module.span_with_decorators(self._before)[0]
        if indented is None:
            yield Edit(start, start, f"{self._code}; ")
            return
        start = module.above_comments(module.offset(first_line(self._before)))
        if self._docstring:
            start = max(start, module.offset((self._docstring.end_lineno or 0) + 1))
        end = module.line_end_near(start)
        blank = end if isinstance(self._before, DEFINITIONS) else ""
        yield Edit(start, start, f"{indented}{self._code}{end}{blank}")

    def operate(self, surgery: Surgery) -> None:
        """Put it before the first statement."""
        if self._before:
            new = ast.parse(self._code).body
            surgery.preceded.setdefault(self._before, []).extend(new)


class AwaitArgument(Change):
    """A call of one argument gives way to `await` and that argument.

    Where one is within another, the inner one is to be changed first.
    """

    def __init__(self, call: ast.Call) -> None:
        """Say which call."""
        self._call, self._argument = call, call.args[0]

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield what is before the argument, what is behind it, and its indentation."""
        start, end = module.span(self._call)
        opening, closing = ("(", ")") if self._is_looked_into(module) else ("", "")
        begin, last = module.span(self._argument)
        if self._stands_alone(module):
            yield Edit(start, begin, f"{opening}await ")
            yield Edit(last, end, closing)
            yield from self._dedented(module)
            return
        yield Edit(start, module.span(self._call.func)[1], f"{opening}await ")
        comma = _COMMA_AT_END.search(module.text, last, end)
        if comma:
            yield Edit(*comma.span(1), "")
        if closing:
            yield Edit(end, end, closing)

    def _is_looked_into(self, module: Module) -> bool:
        match module.parent(self._call):
            case ast.Attribute() | ast.Await():
                return True
            case ast.Subscript(value=value) | ast.Call(func=value):
                return value is self._call
            case _:
                return False

    def _stands_alone(self, module: Module) -> bool:
        """Tell whether the argument needs no parentheses and has no comments around."""
        start, end = module.span(self._call)
        begin, last = module.span(self._argument)
        around = module.text[start:begin] + module.text[last:end]
        if not isinstance(self._argument, _PRIMARIES) or "#" in around:
            return False
        try:
            ast.parse(LINE_END.sub("\n", module.text[begin:last]), mode="eval")
        except SyntaxError:
            return False
        return True

    def _dedented(self, module: Module) -> Iterator[Edit]:
        """Yield what moves the argument's further lines to where its first one is."""
        begin, last = module.span(self._argument)
        start = module.span(self._call)[0]
        own = module.text[_line_start(module, begin) : begin]
        line = _line_start(module, start)
        outer = re.match(r"[ \t]*", module.text[line:start])
        more = len(own) - len(outer.group() if outer else "")
        if own.strip(" \t") or more <= 0 or self._has_long_string():
            return
        for match in LINE_END.finditer(module.text, begin, last):
            if module.text.startswith(own[:more], match.end()):
                yield Edit(match.end(), match.end() + more, "")

    def _has_long_string(self) -> bool:
        return any(
            isinstance(node, (ast.Constant, ast.JoinedStr))
            and node.lineno != node.end_lineno
            for node in walk(self._argument)
        )

    def operate(self, surgery: Surgery) -> None:
        """Put the one in place of the other."""
        value = cast("ast.expr", surgery.changed(self._argument))
        surgery.replaced[self._call] = [ast.Await(value=value)]


def _line_start(module: Module, offset: int) -> int:
    return max(module.text.rfind(each, 0, offset) for each in "\r\n") + 1


class MakeAsyncWithMark(Change):
    """A `def` becomes an `async def`, and gets a decorator."""

    def __init__(self, function: ast.FunctionDef, code: str) -> None:
        """Say which function, and the decorator without `@`."""
        self._function, self._code = function, code
        self._changes = (AddDecorator(function, code), MakeAsync(function))

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one for each, or one for both where they meet."""
        if self._function.decorator_list:
            for change in self._changes:
                yield from change.edits(module)
            return
        indented = module.indentation(self._function) or ""
        start = module.span(self._function)[0]
        end = module.line_end_near(start)
        yield Edit(start, start, f"@{self._code}{end}{indented}async ")

    def operate(self, surgery: Surgery) -> None:
        """Do both."""
        for change in self._changes:
            change.operate(surgery)


class InsertFunction(Change):
    """A function comes above another definition of a module."""

    def __init__(
        self, before: ast.stmt, code: str, also: AddDecorator | None = None
    ) -> None:
        """Say above which, its text, and what decorator a definition gets besides."""
        self._before, self._code, self._also = before, code, also

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one above the comments that belong to the other, and the decorator."""
        start = module.above_comments(module.offset(first_line(self._before)))
        text = f"{self._code}\n\n\n".replace("\n", module.line_end_near(start))
        decorators = [*self._also.edits(module)] if self._also else []
        for each in decorators:
            if each.start == start:
                text += each.replacement
            else:
                yield each
        yield Edit(start, start, text)

    def operate(self, surgery: Surgery) -> None:
        """Put it before the other."""
        new = ast.parse(self._code).body
        surgery.preceded.setdefault(self._before, []).extend(new)
        if self._also:
            self._also.operate(surgery)


class ReplaceFunction(Change):
    """A function gives way to another statement, with its decorators."""

    def __init__(self, function: Function, code: str) -> None:
        """Say which, and the statement."""
        self._function, self._code = function, code

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: its very text, and the comments right above it."""
        indented = module.indentation(self._function) or ""
        start = module.above_comments(module.offset(first_line(self._function)))
        text = textwrap.indent(self._code, indented)
        end = module.span(self._function)[1]
        yield Edit(start, end, text.replace("\n", module.line_end_near(start)))

    def operate(self, surgery: Surgery) -> None:
        """Put the other in its place."""
        surgery.replaced[self._function] = [*ast.parse(self._code).body]
