"""Lines of the user's own code, as `file:line`: where a failing test can be mended."""

import inspect
import linecache
import re
from collections.abc import Callable
from types import CodeType, FrameType
from typing import cast

import pytest

from ..user_code import def_line, is_users, shown

_RAISE = re.compile(r"\s*raise\b")


def frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """Return all frames of an error with their lines, the innermost first."""
    found: list[tuple[FrameType, int]] = []
    step = error.__traceback__
    while step is not None:
        found.append((step.tb_frame, step.tb_lineno))
        step = step.tb_next
    return found[::-1]


def users_frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """Return those frames that run the user's own code, the innermost first."""
    return [each for each in frames(error) if is_users(each[0].f_code.co_filename)]


def innermost_place(error: BaseException) -> str | None:
    """Return the user's innermost line of an error, if it has one."""
    for frame, line in users_frames(error):
        return place(frame.f_code.co_filename, line)
    return None


def is_raised_by_user(error: BaseException) -> bool:
    """Tell whether an error comes from a `raise` in the user's own code."""
    for frame, line in frames(error)[:1]:
        file = frame.f_code.co_filename
        return is_users(file) and bool(_RAISE.match(linecache.getline(file, line)))
    return False


def place(file: str, line: int) -> str:
    """Return a line as pytest shows it: relative to where pytest was started."""
    return f"{shown(file)}:{line}"


def test_place(node: pytest.Item | pytest.Collector) -> str:
    """Return the line where a test begins; of a module, the file."""
    function = function_of(node)
    if function is not None:
        return def_place(function, node)
    return node.nodeid


def function_of(node: pytest.Item | pytest.Collector) -> Callable[..., object] | None:
    """Return a test's function, which items of other plugins may not have."""
    function: object = getattr(node, "function", None)
    return function if callable(function) else None


def def_place(
    function: Callable[..., object], node: pytest.Item | pytest.Collector
) -> str:
    """Return the line of a function's `def`, decorators aside."""
    code = code_of(function)
    return node.nodeid if code is None else place_of_code(code)


def place_of_code(code: CodeType) -> str:
    """Return the line of the `def` that some code is of."""
    return place(code.co_filename, def_line(code))


def code_of(function: Callable[..., object]) -> CodeType | None:
    """Return the code of a function or method as the user wrote it."""
    plain = inspect.unwrap(cast("Callable[..., object]", _without_self(function)))
    code: object = getattr(_without_self(plain), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _without_self(function: object) -> object:
    return getattr(function, "__func__", function)
