"""What each instruction of some code does with things that tasks may share.

That are attributes, the contents of containers, and variables that are declared
`global` or `nonlocal`. An instruction says what is done; the syntax tree says with
what. Where the two cannot be brought together for certain, nothing is said.
"""

import ast
import dis
import functools
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Literal

Kind = Literal["attribute", "content", "global", "closure"]
_Position = tuple[int | None, ...]

_READS_ALL = ("len", "list", "tuple", "set", "dict", "sorted", "sum", "min", "max")


_VIEWS = ("items", "keys", "values")
_ATTRIBUTE_OPERATIONS = ("LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR")


@dataclass(frozen=True)
class Use:
    """What an instruction does with something.

    Attributes:
        kind: What it is that may be shared.
        is_write: Whether it is changed.
        text: What the source calls it.
        name: The name of the attribute, the variable or the method.
        owner: What evaluates to the object whose attribute or content it is.
        key: What evaluates to the key; None for all of the content.
    """

    kind: Kind
    is_write: bool
    text: str
    name: str = ""
    owner: ast.expr | None = None
    key: ast.expr | None = None


@functools.cache
def uses_in(code: CodeType) -> dict[int, tuple[Use, ...]]:
    """Return what the instructions of some code use, by their offsets."""
    source = _source_of(code.co_filename)
    found: dict[int, tuple[Use, ...]] = {}
    line = code.co_firstlineno
    starts = dict(dis.findlinestarts(code))
    for instruction in dis.get_instructions(code):
        line = starts.get(instruction.offset) or line
        uses = tuple(source.uses(instruction, line))
        if uses:
            found[instruction.offset] = uses
    return found


@functools.cache
def _source_of(file: str) -> "_Source":
    try:
        return _Source(ast.parse("".join(linecache.getlines(file))))
    except (SyntaxError, ValueError):
        return _Source(ast.Module([], []))


class _Source:
    """The syntax tree of a file, by where its parts stand."""

    def __init__(self, tree: ast.Module) -> None:
        self._at: dict[_Position, list[ast.expr]] = {}
        self._on: dict[int, list[ast.expr]] = {}
        self._conditions: set[ast.expr] = set()
        self._iterated: dict[_Position, ast.expr] = {}
        self._iterated_on: dict[int, list[ast.expr]] = {}
        self._global: set[str] = set()
        self._nonlocal: set[str] = set()
        for node in ast.walk(tree):
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self._at.setdefault(_position(node), []).append(node)
            self._on.setdefault(node.lineno, []).append(node)
        if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
            self._conditions.add(node.test)
        elif isinstance(node, ast.BoolOp):
            self._conditions.update(node.values)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._conditions.add(node.operand)
        elif isinstance(node, (ast.For, ast.comprehension)):
            container = _iterated_in(node.iter)
            self._iterated[_position(node.iter)] = container
            self._iterated_on.setdefault(node.iter.lineno, []).append(container)
            if isinstance(node, ast.For):
                self._iterated[_position(node)] = container
        elif isinstance(node, ast.Global):
            self._global.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            self._nonlocal.update(node.names)

    def uses(self, instruction: dis.Instruction, line: int) -> Iterator[Use]:
        """Return what an instruction on a line uses."""
        operation, name = instruction.opname, instruction.argval
        is_write = operation.startswith(("STORE_", "DELETE_"))
        if operation in _ATTRIBUTE_OPERATIONS:
            yield from self._attribute(instruction, line, is_write=is_write)
        elif operation.endswith(("_SUBSCR", "_SLICE")) or (
            operation == "BINARY_OP" and instruction.argrepr == "[]"
        ):
            yield from self._item(instruction, line, is_write=is_write)
        elif operation.startswith("CONTAINS_OP"):
            yield from self._contained(instruction, line)
        elif operation.startswith("CALL"):
            yield from self._call(instruction, line)
        elif operation in {"GET_ITER", "FOR_ITER"}:
            yield from self._iteration(instruction, line)
        elif operation.endswith(("_GLOBAL", "_NAME")) and name in self._global:
            yield Use("global", is_write, name, name)
        elif operation.endswith("_DEREF") and name in self._nonlocal:
            yield Use("closure", is_write, name, name)
        if operation.startswith("LOAD_"):
            yield from self._condition(instruction, line)

    def _attribute(
        self, instruction: dis.Instruction, line: int, *, is_write: bool
    ) -> Iterator[Use]:
        name = str(instruction.argval)
        node = self._find(
            instruction,
            line,
            # The instruction has the name of a private one with that of the class.
            lambda node: (
                isinstance(node, ast.Attribute)
                and (node.attr == name or (name[0] == "_" and name.endswith(node.attr)))
            ),
        )
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            yield Use("attribute", is_write, text, name, node.value)

    def _item(
        self, instruction: dis.Instruction, line: int, *, is_write: bool
    ) -> Iterator[Use]:
        node = self._find(
            instruction, line, lambda node: isinstance(node, ast.Subscript)
        )
        if isinstance(node, ast.Subscript):
            key = None if isinstance(node.slice, ast.Slice) else node.slice
            yield Use("content", is_write, ast.unparse(node), "", node.value, key)

    def _contained(self, instruction: dis.Instruction, line: int) -> Iterator[Use]:
        node = self._find(
            instruction,
            line,
            lambda node: (
                isinstance(node, ast.Compare)
                and len(node.ops) == 1
                and isinstance(node.ops[0], (ast.In, ast.NotIn))
            ),
        )
        if isinstance(node, ast.Compare):
            [container] = node.comparators
            yield _content(container, node.left)

    def _call(self, instruction: dis.Instruction, line: int) -> Iterator[Use]:
        node = self._find(instruction, line, _is_telling_call)
        if not isinstance(node, ast.Call):
            return
        first = next(iter(node.args), None)
        if isinstance(node.func, ast.Attribute):
            owner, name = node.func.value, node.func.attr
            text = ast.unparse(owner)
            yield Use(
                "content", is_write=False, text=text, name=name, owner=owner, key=first
            )
        elif first is not None:
            yield _content(first)

    def _iteration(self, instruction: dis.Instruction, line: int) -> Iterator[Use]:
        position = _position_of(instruction)
        found = self._iterated_on.get(line, [])
        if position:
            found = [self._iterated[position]] if position in self._iterated else []
        if len(found) == 1:
            yield _content(found[0])

    def _condition(self, instruction: dis.Instruction, line: int) -> Iterator[Use]:
        """Look at what is tested for being empty."""
        name = instruction.argval
        node = self._find(
            instruction,
            line,
            lambda node: (
                node in self._conditions
                and name in {getattr(node, "id", ""), getattr(node, "attr", "")}
            ),
        )
        if node is not None:
            yield _content(node)

    def _find(
        self,
        instruction: dis.Instruction,
        line: int,
        fits: Callable[[ast.expr], bool],
    ) -> ast.expr | None:
        """Return the one expression that an instruction is of, if that is clear."""
        here = self._at.get(_position_of(instruction))
        # In asserts, which pytest has rewritten, there is none: the line has to do.
        found = list(filter(fits, self._on.get(line, []) if here is None else here))
        texts = {ast.unparse(node) for node in found}
        return found[0] if len(texts) == 1 else None


def _content(container: ast.expr, key: ast.expr | None = None) -> Use:
    text = ast.unparse(container)
    if key is not None:
        text += f"[{ast.unparse(key)}]"
    return Use("content", is_write=False, text=text, owner=container, key=key)


def _iterated_in(expression: ast.expr) -> ast.expr:
    """Return what a loop goes through: of `self.lines.items()` that is `self.lines`."""
    if isinstance(expression, ast.Call):
        called = expression.func
        if isinstance(called, ast.Attribute) and called.attr in _VIEWS:
            return called.value
    return expression


def _is_telling_call(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in _READS_ALL and len(node.args) == 1
    return isinstance(node.func, ast.Attribute) and not node.keywords


def _position(node: Any) -> _Position:
    return (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def _position_of(instruction: Any) -> _Position:
    """Return where an instruction comes from, which is known since Python 3.11."""
    return tuple(getattr(instruction, "positions", None) or ())
