"""What `wait_until` is given: a function that tells whether something is so yet."""

import ast
import linecache
import reprlib
from collections.abc import Callable
from contextlib import suppress
from types import CellType, CodeType
from typing import Any, cast

from .given_awaitable import missing_arguments
from .limits import discard
from .naming import name_of
from .user_code import def_line

CANNOT_BE_ASKED = (
    "wait_until: {given!r} cannot be asked again and again. Pass a function without "
    "arguments, and without its parentheses, as in wait_until(is_ready) or "
    "wait_until(lambda: len(received) == 3)."
)
NEEDS_ARGUMENTS = (
    "wait_until calls {name} without arguments, but: {problem}. "
    "Pass a lambda that calls it with them."
)


def predicate_from(given: object) -> Callable[[], Any]:
    """Return what was given, if it can be called without arguments.

    Raises:
        TypeError: It cannot. The text names it.
    """
    if not callable(given):
        discard(given)
        raise TypeError(CANNOT_BE_ASKED.format(given=given))
    problem = missing_arguments(given)
    if problem is not None:
        raise TypeError(NEEDS_ARGUMENTS.format(name=name_of(given), problem=problem))
    return cast("Callable[[], Any]", given)


def described(predicate: object) -> str:
    """Name a predicate: a lambda by its text, and a function with a line by that too.

    Values that it takes from the function around it are shown as they are now.
    """
    code = getattr(predicate, "__code__", None)
    if type(code) is not CodeType:  # a mock's says of itself that it is one
        return name_of(predicate)
    is_lambda = code.co_name == "<lambda>"
    name = _text_of_lambda(code) if is_lambda else name_of(predicate)
    line = code.co_firstlineno if is_lambda else def_line(code)
    return f"{name} at {code.co_filename}:{line}{_values(predicate, code)}"


def _text_of_lambda(code: CodeType) -> str:
    """Return the source of a lambda; if there are more on its line, the line."""
    lines = linecache.getlines(code.co_filename)
    source = "".join(lines)
    try:
        tree = ast.parse(source)
    except SyntaxError:  # edited since it was imported
        return "a lambda"
    found = [node for node in ast.walk(tree) if _is_lambda_of(node, code)]
    if len(found) == 1:
        return " ".join((ast.get_source_segment(source, found[0]) or "").split())
    return lines[code.co_firstlineno - 1].strip() if found else "a lambda"


def _is_lambda_of(node: ast.AST, code: CodeType) -> bool:
    return isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno


def _values(predicate: object, code: CodeType) -> str:
    cells: tuple[CellType, ...] = getattr(predicate, "__closure__", None) or ()
    shown: list[str] = []
    for name, cell in zip(code.co_freevars, cells, strict=True):
        with suppress(ValueError):  # it has no value yet, or no more
            shown.append(f"{name} = {reprlib.repr(cell.cell_contents)}")
    return f", where {', '.join(shown)}," if shown else ""
