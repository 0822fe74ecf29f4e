"""Calls in the source of a test, and what else its source shows."""

import ast
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from types import CodeType

import pytest

from ..user_code import is_users
from .loop_scopes import fixtures_of
from .places import code_of, function_of, place

# What awaits, or may well hand on to something that does.
_HANDED_ON = (ast.Await, ast.Call, ast.keyword, ast.Starred, ast.List, ast.Tuple)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def place_of_call(name: str, node: pytest.Item | pytest.Collector) -> str | None:
    """Return the line of a test or its fixtures that calls a name without `await`.

    `None` where there is no such line, or more than one. Calls whose result is handed
    on do not count: whatever gets the coroutine may await it.

    Args:
        name: The last part of it: `save` stands for `client.save(...)` as well.
        node: The test.
    """
    found: list[str] = []
    for code in _codes(node):
        tree = tree_of(code)
        for call, parent in _calls(tree) if tree else ():
            if called_name(call) == name and not isinstance(parent, _HANDED_ON):
                line = code.co_firstlineno + call.lineno - 1
                found.append(place(code.co_filename, line))
    return found[0] if len(found) == 1 else None


def places_in_file(
    node: pytest.Item | pytest.Collector, called: str, keyword: str
) -> list[str]:
    """Return the lines of a test's file that call a name with a keyword argument."""
    file = str(node.path)
    return [
        place(file, call.lineno)
        for call, _ in _calls(_tree_of_file(file))
        if called_name(call) == called
        and any(given.arg == keyword for given in call.keywords)
    ]


def tree_of(code: CodeType) -> ast.AST | None:
    """Return the parsed source of a function, whose first line counts as line 1."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError):  # not there, or part of a longer line
        return None


def function_at(file: str, line: int) -> _Function | None:
    """Return the function that has a line in its head, decorators included."""
    for each in ast.walk(_tree_of_file(file)):
        if isinstance(each, _Function):
            first = min(part.lineno for part in (each, *each.decorator_list))
            if first <= line <= each.lineno:
                return each
    return None


def called_name(call: ast.Call) -> str | None:
    """Return the last part of what a call names."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else None


def _tree_of_file(file: str) -> ast.AST:
    return ast.parse("".join(linecache.getlines(file)))


def _codes(node: pytest.Item | pytest.Collector) -> Iterator[CodeType]:
    functions = [fixture.func for fixture in fixtures_of(node).values()]
    for function in [function_of(node), *functions]:
        code = code_of(function) if function is not None else None
        if code is not None and is_users(code.co_filename):
            yield code


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.AST]]:
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Call):
                yield child, parent
