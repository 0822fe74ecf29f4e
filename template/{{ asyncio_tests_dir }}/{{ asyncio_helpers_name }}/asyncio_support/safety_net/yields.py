"""Finds the line of a function's `yield`."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from .places import place, place_of_function


def place_of_yield(function: Callable[..., Any]) -> str:
    """Name the line of a function's first `yield`; else that of its definition."""
    plain = inspect.unwrap(function)
    try:
        lines, start = inspect.getsourcelines(plain)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return place_of_function(plain)
    found = [each.lineno for each in ast.walk(tree) if isinstance(each, ast.Yield)]
    return place(plain.__code__, start + min(found, default=1) - 1)
