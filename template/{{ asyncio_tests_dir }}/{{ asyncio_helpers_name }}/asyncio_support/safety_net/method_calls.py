"""Finds the line of a function that calls a method of a certain object."""

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import cast

from .places import place


def line_that_calls(function: object, method: str, target: object) -> str:
    """Name the first line on which a function calls `target.method`.

    The target has to be a global of the function's module, by whatever name. Empty
    where no line does.
    """
    plain = inspect.unwrap(cast("Callable[..., object]", function))
    code = getattr(plain, "__code__", None)
    known: dict[str, object] = getattr(plain, "__globals__", {})
    if isinstance(code, CodeType):
        for inner, line in _lines(code, method, target, known):
            return place(inner, line)
    return ""


def _lines(
    code: CodeType, method: str, target: object, known: dict[str, object]
) -> Iterator[tuple[CodeType, int]]:
    starts = dict(dis.findlinestarts(code))
    line, loaded = code.co_firstlineno, None
    for each in dis.get_instructions(code):
        line = starts.get(each.offset) or line
        if each.opname in {"LOAD_ATTR", "LOAD_METHOD"}:
            if each.argval == method and loaded is target:
                yield code, line
        elif each.opname == "LOAD_GLOBAL":
            loaded = known.get(each.argval)
        elif each.opname != "CACHE":
            loaded = None
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant, method, target, known)
