"""Names for what syntax trees hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
        stack += list(ast.iter_child_nodes(node))[::-1]


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
