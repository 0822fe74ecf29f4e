"""Names for what syntax trees hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

# --- Syntax trees ---------------------------------------------------------------------

if TYPE_CHECKING:
    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
    Comprehension: TypeAlias = (
        ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    )
    ImportStatement: TypeAlias = ast.Import | ast.ImportFrom

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_NEW_SCOPES = (*DEFINITIONS, ast.Lambda)
# What holds no nodes, or such as say nothing by themselves: contexts and operators.
_FIELDS_OF_NO_INTEREST = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment"}
)
_FIELDS_OF_INTEREST: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """Return what is directly below a node, but contexts and operators.

    `ast.iter_child_nodes` takes three times as long, and half of its nodes are those.
    """
    kind = type(node)
    fields = _FIELDS_OF_INTEREST.get(kind)
    if fields is None:
        fields = tuple(
            each for each in kind._fields if each not in _FIELDS_OF_NO_INTEREST
        )
        _FIELDS_OF_INTEREST[kind] = fields
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            several = cast("list[object]", value)
            found += [each for each in several if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, level by level, as `ast.walk` does."""
    found = [node]
    for each in found:
        yield each
        found += children(each)


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function, those with stars last."""
    starred = [arguments.vararg, arguments.kwarg]
    return [
        *named_arguments(arguments),
        *(argument for argument in starred if argument),
    ]


def named_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters of a function but those with stars."""
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield what runs when a function does: nothing of functions or classes in it."""
    return inner_nodes(function.body)


def inner_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield these nodes and all below them that run with them, in the text's order."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, _NEW_SCOPES):
            continue
        stack += children(node)[::-1]


def has_yields(function: Function) -> bool:
    """Tell whether a function is a generator."""
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function)
    )


def mentions_name(node: ast.AST, *names: str) -> bool:
    """Tell whether code has names, or attributes, like these."""
    return any(
        getattr(each, "attr", None) in names or getattr(each, "id", None) in names
        for each in walk(node)
    )


def always_ends(block: Sequence[ast.stmt], ends: Sequence[ast.stmt]) -> bool:
    """Tell whether a block never runs past its end without one of some statements."""
    last = block[-1] if block else None
    if last in ends or isinstance(last, ast.Raise):
        return True
    if isinstance(last, ast.If):
        return always_ends(last.body, ends) and always_ends(last.orelse, ends)
    if isinstance(last, ast.Try):
        tried = last.orelse or last.body
        blocks = [tried, *(handler.body for handler in last.handlers)]
        return all(always_ends(each, ends) for each in blocks)
    return isinstance(last, ast.With) and always_ends(last.body, ends)


def string(node: ast.expr | None) -> str | None:
    """Return the text of a string literal; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def keyword(call: ast.expr, name: str) -> ast.keyword | None:
    """Return a keyword argument of a call; None if it is no call or has none such."""
    if not isinstance(call, ast.Call):
        return None
    return next((each for each in call.keywords if each.arg == name), None)


def called(node: ast.expr) -> ast.expr:
    """Return what a call calls, and anything else as it is."""
    return node.func if isinstance(node, ast.Call) else node
