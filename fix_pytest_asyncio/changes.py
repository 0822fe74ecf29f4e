"""Changes of a module, each made twice: in its text, and in its syntax tree.

A fix is right if the changed text parses to the changed tree: then nothing but what was
meant has changed, whatever stood around it.
"""

from __future__ import annotations

import ast
import re
import textwrap
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, cast

from .edits import Edit
from .source import LINE_END, REST_OF_LINE, NotFixableError, first_line
from .syntax import DEFINITIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .source import Module
    from .syntax import Function

# --- Changes --------------------------------------------------------------------------

# What ends a signature behind its last parameter or annotation.
_TO_COLON = re.compile(r"[\s(),/*\\]*:")


class Change(ABC):
    """One thing to change in a module.

    What is not known to be right raises `NotFixableError`.
    """

    @abstractmethod
    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield what it takes in the text."""

    @abstractmethod
    def operate(self, surgery: Surgery) -> None:
        """Say what it is in the tree."""


class Surgery:
    """A syntax tree of which parts are replaced."""

    def __init__(self) -> None:
        """Begin with a tree as it is."""
        self.replaced: dict[ast.AST, list[ast.AST]] = {}
        self.preceded: dict[ast.AST, list[ast.AST]] = {}
        self.extended: dict[tuple[ast.AST, str], list[ast.AST]] = {}
        self.fields: dict[tuple[ast.AST, str], Any] = {}
        self.kinds: dict[ast.AST, type[ast.AST]] = {}

    def result(self, node: ast.AST) -> ast.AST:
        """Return the changed copy of a tree."""
        fields: dict[str, Any] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                new: Any = self._items(node, name, cast("list[object]", value))
            elif isinstance(value, ast.AST):
                new = self.changed(value)
            else:
                new = value
            fields[name] = self.fields.get((node, name), new)
        return self.kinds.get(node, type(node))(**fields)

    def changed(self, node: ast.AST) -> ast.AST | None:
        """Return what comes in place of a node; None if nothing does."""
        if node in self.replaced:
            replacement = self.replaced[node]
            return replacement[0] if replacement else None
        return self.result(node)

    def _items(self, owner: ast.AST, name: str, nodes: list[Any]) -> list[object]:
        items: list[object] = []
        for node in nodes:
            if not isinstance(node, ast.AST):
                items.append(node)
                continue
            items += self.preceded.get(node, [])
            items += self.replaced.get(node, None) or (
                [] if node in self.replaced else [self.result(node)]
            )
        items += self.extended.get((owner, name), [])
        if name == "body" and nodes and not items:
            return [ast.Pass()]
        return items


class Replace(Change):
    """An expression gives way to another."""

    def __init__(self, node: ast.expr, code: str) -> None:
        """Say which, and what comes in its place, as source text of one expression."""
        self._node, self._code = node, code

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: its very text."""
        start, end = module.span(self._node)
        module.refuse_comments(start, end)
        yield Edit(start, end, self._code)

    def operate(self, surgery: Surgery) -> None:
        """Put the other in its place."""
        new = ast.parse(self._code, mode="eval").body
        surgery.replaced[self._node] = [new]


class ReplaceStatement(Change):
    """A simple statement gives way to others."""

    def __init__(self, node: ast.stmt, *codes: str) -> None:
        """Say which, and what comes in its place: a text for each statement."""
        self._node, self._codes = node, codes

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: the statement's text, what is behind it on its line stays."""
        start, end = module.span(self._node)
        module.refuse_comments(start, end)
        indented = module.indentation(self._node)
        if indented is None and len(self._codes) > 1:
            raise NotFixableError
        between = module.line_end_near(start) + (indented or "")
        text = "\n".join(self._codes).replace("\n", between)
        yield Edit(start, end, text)

    def operate(self, surgery: Surgery) -> None:
        """Put the others in its place."""
        surgery.replaced[self._node] = [*ast.parse("\n".join(self._codes)).body]


class Insert(Change):
    """Statements come before another one of the same block."""

    def __init__(self, before: ast.stmt, *codes: str) -> None:
        """Say which, and the statements: a text for each."""
        self._before, self._codes = before, codes

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one, at the beginning of a line."""
        indented = module.indentation(self._before)
        if indented is None:
            raise NotFixableError
        start = module.offset(first_line(self._before))
        text = textwrap.indent("\n".join([*self._codes, ""]), indented)
        yield Edit(start, start, text.replace("\n", module.line_end_near(start)))

    def operate(self, surgery: Surgery) -> None:
        """Put them before it."""
        new = ast.parse("\n".join(self._codes)).body
        surgery.preceded.setdefault(self._before, []).extend(new)


class Delete(Change):
    """A statement goes, with the comments right above it if it is a definition."""

    def __init__(self, node: ast.stmt) -> None:
        """Say which."""
        self._node = node

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: whole lines, or `pass` where nothing else is in the block."""
        siblings = module.block_of(self._node)
        start, end = module.span(self._node)
        rest = REST_OF_LINE.match(module.text, end)
        if len(siblings) == 1 and module.parent(self._node) is not module.tree:
            start = module.span_with_decorators(self._node)[0]
            module.refuse_comments(start, end)
            yield Edit(start, end, "pass")
        elif module.indentation(self._node) is None or rest is None:
            yield self._within_line(module, siblings)
        else:
            yield self._of_lines(module, rest.end())

    def _within_line(self, module: Module, siblings: Sequence[ast.stmt]) -> Edit:
        index = siblings.index(self._node)
        start, end = module.span(self._node)
        if index + 1 < len(siblings):
            follower = module.span_with_decorators(siblings[index + 1])[0]
            if LINE_END.search(module.text, end, follower) is None:
                return Edit(start, follower, "")
        if index:
            return Edit(module.span(siblings[index - 1])[1], end, "")
        raise NotFixableError

    def _of_lines(self, module: Module, end: int) -> Edit:
        start = module.offset(first_line(self._node))
        if isinstance(self._node, DEFINITIONS):
            start = module.above_comments(start)
        above = module.blank_lines_above(start)
        below = module.blank_lines_below(end)
        is_last = below == len(module.text)
        if is_last:
            return Edit(above or start, below, "")
        is_first = module.block_of(self._node)[0] is self._node
        if above == 0 or (is_first and module.parent(self._node) is not module.tree):
            return Edit(above, below, "")
        # Of the blank lines on both sides, the more are enough.
        if _count_lines(module, above, start) < _count_lines(module, end, below):
            return Edit(above, end, "")
        keeps = isinstance(self._node, DEFINITIONS) or above < start
        return Edit(start, below if keeps else end, "")

    def operate(self, surgery: Surgery) -> None:
        """Take it out."""
        surgery.replaced[self._node] = []


def _count_lines(module: Module, start: int, end: int) -> int:
    return len(LINE_END.findall(module.text, start, end))


class DeleteItem(Change):
    """An item of a list goes: an argument, parameter, element, or imported name."""

    def __init__(
        self,
        node: ast.expr | ast.arg | ast.keyword | ast.alias,
        items: Sequence[ast.AST],
    ) -> None:
        """Say which.

        Args:
            node: The item.
            items: All of the list, in the order of the text.
        """
        self._node, self._items = node, items

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: lines of its own, or what is up to its neighbour."""
        start, end = module.span(self._node)
        comma = module.comma_behind(end)
        lines = module.whole_lines(start, comma or end)
        if lines:
            yield Edit(*lines, "")
            return
        index = self._items.index(self._node)
        if index + 1 < len(self._items):
            end = module.span(self._items[index + 1])[0]
        elif index:
            start = module.span(self._items[index - 1])[1]
        elif comma:
            end = comma
        module.refuse_comments(start, end)
        yield Edit(start, end, "")

    def operate(self, surgery: Surgery) -> None:
        """Take it out."""
        surgery.replaced[self._node] = []


class DeleteDecorator(Change):
    """A decorator goes, with its lines."""

    def __init__(self, node: ast.expr) -> None:
        """Say which."""
        self._node = node

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: from the beginning of its line to the end of its last."""
        start, end = module.span(self._node)
        begin = module.text.rindex("@", 0, start)
        rest = REST_OF_LINE.match(module.text, end)
        start = max(module.text.rfind(each, 0, begin) for each in "\r\n") + 1
        if rest is None:  # it is in parentheses
            raise NotFixableError
        yield Edit(start, rest.end(), "")

    def operate(self, surgery: Surgery) -> None:
        """Take it out."""
        surgery.replaced[self._node] = []


class AddDecorator(Change):
    """A function gets a decorator, above those that it has."""

    def __init__(self, function: Function | ast.ClassDef, code: str) -> None:
        """Say which function, and the decorator without `@`."""
        self._function, self._code = function, code

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: a line."""
        start = module.offset(first_line(self._function))
        indented = module.indentation(self._function) or ""
        end = module.line_end_near(start)
        yield Edit(start, start, f"{indented}@{self._code}{end}")

    def operate(self, surgery: Surgery) -> None:
        """Put it first."""
        new = ast.parse(self._code, mode="eval").body
        old = self._function.decorator_list
        if old:
            surgery.preceded.setdefault(old[0], []).append(new)
        else:
            surgery.extended.setdefault((self._function, "decorator_list"), []).append(
                new
            )


class AddKeyword(Change):
    """A call gets a keyword argument, behind all others."""

    def __init__(self, call: ast.Call, name: str, code: str) -> None:
        """Say which call, and what it gets."""
        self._call, self._name, self._code = call, name, code

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one, laid out as the last argument is."""
        text = f"{self._name}={self._code}"
        close = module.span(self._call)[1] - 1
        arguments = [*self._call.args, *self._call.keywords]
        if not arguments:
            opening = module.text.rindex("(", 0, close)
            module.refuse_comments(opening, close)
            yield Edit(close, close, text)
            return
        start, end = max(module.span(argument) for argument in arguments)
        comma = module.comma_behind(end)
        line = module.whole_lines(start, comma or end)
        if line and comma:
            indented = module.text[line[0] : start]
            line_end = module.line_end_near(line[1])
            yield Edit(line[1], line[1], f"{indented}{text},{line_end}")
        elif comma:
            yield Edit(comma, comma, f" {text}")
        else:
            yield Edit(end, end, f", {text}")

    def operate(self, surgery: Surgery) -> None:
        """Append it."""
        value = ast.parse(self._code, mode="eval").body
        new = ast.keyword(arg=self._name, value=value)
        surgery.extended.setdefault((self._call, "keywords"), []).append(new)


class RenameKeyword(Change):
    """A keyword argument gets another name."""

    def __init__(self, node: ast.keyword, name: str) -> None:
        """Say which, and its new name."""
        self._node, self._name = node, name

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: the name's text."""
        start = module.span(self._node)[0]
        yield Edit(start, start + len(self._node.arg or ""), self._name)

    def operate(self, surgery: Surgery) -> None:
        """Rename it."""
        surgery.fields[self._node, "arg"] = self._name


class MakeAsync(Change):
    """A `def` becomes an `async def`."""

    def __init__(self, function: ast.FunctionDef) -> None:
        """Say which."""
        self._function = function

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: a word."""
        start = module.span(self._function)[0]
        yield Edit(start, start, "async ")

    def operate(self, surgery: Surgery) -> None:
        """Give it the other kind."""
        surgery.kinds[self._function] = ast.AsyncFunctionDef


class RenameDefinition(Change):
    """A function or class gets another name; what uses it is not looked for."""

    def __init__(self, node: Function | ast.ClassDef, name: str) -> None:
        """Say which, and its new name."""
        self._node, self._name = node, name

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: the name's text."""
        start, end = module.span(self._node)
        name = re.compile(rf"(?:def|class)[ \t]+({re.escape(self._node.name)})\b")
        found = name.search(module.text, start, end)
        if not found:
            raise NotFixableError
        yield Edit(*found.span(1), self._name)

    def operate(self, surgery: Surgery) -> None:
        """Rename it."""
        surgery.fields[self._node, "name"] = self._name


class ImportNames(Change):
    """An import of names from a module gets more of them, each where it sorts."""

    def __init__(self, statement: ast.ImportFrom, names: Sequence[str]) -> None:
        """Say which statement, and the names."""
        self.statement, self.names = statement, names
        self._places: dict[ast.alias | None, list[str]] = {}
        for name in sorted(names, key=_import_order):
            place = next(
                (
                    alias
                    for alias in statement.names
                    if _import_order(alias.name) > _import_order(name)
                ),
                None,
            )
            self._places.setdefault(place, []).append(name)

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one for each name, or each that stand together, laid out as others."""
        for place, names in self._places.items():
            near = place or self.statement.names[-1]
            start, end = module.span(near)
            comma = module.comma_behind(end)
            line = module.whole_lines(start, comma or end)
            if line and (comma or place):
                indented = module.text[line[0] : start]
                at = line[0] if place else line[1]
                line_end = module.line_end_near(line[1])
                text = "".join(f"{indented}{name},{line_end}" for name in names)
                yield Edit(at, at, text)
            elif place:
                yield Edit(start, start, "".join(f"{name}, " for name in names))
            else:
                yield Edit(end, end, "".join(f", {name}" for name in names))

    def operate(self, surgery: Surgery) -> None:
        """Put them there."""
        for place, names in self._places.items():
            aliases = [ast.alias(name) for name in names]
            if place:
                surgery.preceded.setdefault(place, []).extend(aliases)
            else:
                key = (self.statement, "names")
                surgery.extended.setdefault(key, []).extend(aliases)


def _import_order(name: str) -> tuple[int, str]:
    """Sort names as isort does: constants, classes, the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


class DeleteTogether(Change):
    """Statements go at once: a block that loses all of its own is left with `pass`."""

    def __init__(self, nodes: Sequence[ast.stmt]) -> None:
        """Say which."""
        self._nodes = nodes

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one for each."""
        for node in self._nodes:
            block = module.block_of(node)
            in_module = module.parent(node) is module.tree
            if node is block[0] and set(block) <= set(self._nodes) and not in_module:
                start, end = module.span_with_decorators(node)
                module.refuse_comments(start, end)
                yield Edit(start, end, "pass")
            else:
                yield from Delete(node).edits(module)

    def operate(self, surgery: Surgery) -> None:
        """Take them out."""
        for node in self._nodes:
            surgery.replaced[node] = []


class ReplaceSignature(Change):
    """A function gets another name and other parameters, and no return annotation."""

    def __init__(self, function: Function, code: str) -> None:
        """Say which function, and what comes instead: `name(first, second)`."""
        self._function, self._code = function, code

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: what is between `def` and the colon."""
        start, end = module.span(self._function)
        name = module.text.index(self._function.name, start)
        parts: list[ast.AST] = [*walk(self._function.args)]
        parts += [self._function.returns] if self._function.returns else []
        ends = [module.span(each)[1] for each in parts if hasattr(each, "lineno")]
        last = max([name + len(self._function.name), *ends])
        colon = _TO_COLON.match(module.text, last, end)
        if colon is None:
            raise NotFixableError
        module.refuse_comments(name, last)
        yield Edit(name, colon.end() - 1, self._code)

    def operate(self, surgery: Surgery) -> None:
        """Replace the name, the parameters and the annotation."""
        new = ast.parse(f"def {self._code}: pass").body[0]
        for name in ("name", "args", "returns"):
            surgery.fields[self._function, name] = getattr(new, name)


class ReplaceWord(Change):
    """An expression becomes one of another kind, by its first word."""

    def __init__(
        self, node: ast.expr, word: re.Pattern[str], other: str, kind: type[ast.expr]
    ) -> None:
        """Say which, the word, what comes in its place, and the kind it is then."""
        self._node, self._word, self._other, self._kind = node, word, other, kind

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: of the word."""
        start = module.span(self._node)[0]
        match = self._word.match(module.text, start)
        if match is None:
            raise NotFixableError
        yield Edit(start, match.end(), self._other)

    def operate(self, surgery: Surgery) -> None:
        """Give it the other kind."""
        surgery.kinds[self._node] = self._kind


class Await(Change):
    """A call is awaited."""

    def __init__(self, call: ast.Call) -> None:
        """Say which; it stands where `await` needs no parentheses."""
        self._call = call

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: a word."""
        start = module.span(self._call)[0]
        yield Edit(start, start, "await ")

    def operate(self, surgery: Surgery) -> None:
        """Put it into an expression of that kind."""
        surgery.replaced[self._call] = [ast.Await(value=self._call)]


class AddParameter(Change):
    """A function gets a parameter, behind those that are given by position."""

    def __init__(self, function: Function, name: str) -> None:
        """Say which function, and the name."""
        self._function, self._name = function, name

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one, laid out as the last parameter is."""
        positional = self._positional()
        if not positional:
            raise NotFixableError
        start, end = module.span(positional[-1])
        comma = module.comma_behind(end)
        line = module.whole_lines(start, comma or end)
        if line and comma:
            indented = module.text[line[0] : start]
            line_end = module.line_end_near(line[1])
            yield Edit(line[1], line[1], f"{indented}{self._name},{line_end}")
        else:
            yield Edit(end, end, f", {self._name}")

    def operate(self, surgery: Surgery) -> None:
        """Append it to those without a star."""
        new = ast.arg(arg=self._name)
        surgery.extended.setdefault((self._function.args, "args"), []).append(new)

    def _positional(self) -> list[ast.arg]:
        arguments = self._function.args
        return [] if arguments.defaults else arguments.args


class ReplaceParameter(Change):
    """A parameter gives way to another one."""

    def __init__(self, argument: ast.arg, name: str) -> None:
        """Say which, and the other's name."""
        self._argument, self._name = argument, name

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: its text, annotation included."""
        start, end = module.span(self._argument)
        module.refuse_comments(start, end)
        yield Edit(start, end, self._name)

    def operate(self, surgery: Surgery) -> None:
        """Put the other in its place."""
        surgery.replaced[self._argument] = [ast.arg(arg=self._name)]
