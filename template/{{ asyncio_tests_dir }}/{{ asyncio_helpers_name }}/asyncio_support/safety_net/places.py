"""Lines of the user's code, as reports name them: `tests/test_login.py:12 in login`."""

import inspect
import sys
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, cast

from ..user_code import def_line, is_library, is_ours, is_users, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Hooks in which somebody's conftest.py may call a test or a fixture by itself.
_RUN_TESTS = ("pytest_pyfunc_call", "pytest_fixture_setup")


def place_of(frame: FrameType | None) -> str:
    """Name the innermost line of the user's on a stack; empty if there is none."""
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            return place(frame.f_code, frame.f_lineno)
        frame = frame.f_back
    return ""


def functions_of(frame: FrameType | None) -> set[str]:
    """Return the names of the user's functions on a stack, as in their lines."""
    found: set[str] = set()
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            found.add(place(frame.f_code, 0).partition(" in ")[2])
        frame = frame.f_back
    return found


def caller() -> FrameType | None:
    """Return the frame that called one of our stand-ins, whatever stands in between."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - documented for CPython
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def place_here() -> str:
    """Name the innermost line of the user's that led here; empty if there is none."""
    return place_of(sys._getframe(1))  # noqa: SLF001 - CPython's public way to look up


def made_here() -> str:
    """Name the user's line that made something through the standard library alone.

    Empty where another library is between: what that one makes, it ends by itself. So
    it is where a hook of the user's made it: what watches a test is none of the test's.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as above
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    users = frame is not None and is_users(frame.f_code.co_filename)
    return place_of(frame) if users and not _is_of_a_hook(frame) else ""


def is_importing(frame: FrameType | None) -> bool:
    """Tell whether a stack, as far as it is one of the loop's, imports a module."""
    while frame is not None and frame.f_globals.get("__name__") != "asyncio.events":
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def library_between(frame: FrameType | None) -> bool:
    """Tell whether an installed library is between a frame and the user's code."""
    while frame is not None and not is_users(frame.f_code.co_filename):
        if not is_library(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def _is_of_a_hook(frame: FrameType | None) -> bool:
    """Tell whether a hook of pytest's leads to user code, not by way of a library."""
    while frame is not None:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if not is_users(file) and not is_library(file):
            return False
        if name.startswith("pytest_") and name not in _RUN_TESTS:
            return True
        frame = frame.f_back
    return False


def place_of_error(error: BaseException) -> str:
    """Name the innermost line of the user's that an error went through."""
    found = ""
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_users(code.co_filename):
            found = place(code, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def place_of_origin(coroutine: object) -> str:
    """Name the line that made a coroutine; empty if Python was not to remember."""
    origin: Iterable[tuple[str, int, str]] = getattr(coroutine, "cr_origin", None) or ()
    for file, line, function in origin:
        if is_users(file):
            return f"{shown(file)}:{line} in {function}"
    return ""


def place_of_function(function: object) -> str:
    """Name the line at which a function is defined; empty if it has none."""
    code = getattr(
        inspect.unwrap(cast("Callable[..., object]", function)), "__code__", None
    )
    return place(code, def_line(code)) if isinstance(code, CodeType) else ""


def place(code: CodeType, line: int | None) -> str:
    """Name a line of some code."""
    name = getattr(code, "co_qualname", code.co_name)  # since Python 3.11
    return f"{shown(code.co_filename)}:{line} in {name}"
