"""What `run_with_timeout` is given: an awaitable, or a callable that returns one."""

import inspect
from collections.abc import Callable

from .naming import name_of

NEITHER = (
    "run_with_timeout: {given!r} can be neither awaited nor called. "
    "Pass a coroutine, as in run_with_timeout(fetch(1)), or a function without "
    "arguments that returns one."
)
NEEDS_ARGUMENTS = (
    "run_with_timeout calls {name} without arguments, but: {problem}. "
    "Pass the coroutine instead: call it with its arguments in the test."
)
NOT_AWAITABLE = (
    "run_with_timeout: {name} returned {result!r}, which cannot be awaited. "
    "Pass an async function or a coroutine; a sync function needs no limit here."
)


def awaitable_from(given: object) -> object:
    """Return what can be awaited, as it is, or what the callable given returns.

    Raises:
        TypeError: It can be neither awaited nor called, it needs arguments, or it
            returned something that cannot be awaited. The text names it.
    """
    if inspect.isawaitable(given):
        return given
    if not callable(given):
        raise TypeError(NEITHER.format(given=given))
    name = name_of(given)
    problem = missing_arguments(given)
    if problem is not None:
        raise TypeError(NEEDS_ARGUMENTS.format(name=name, problem=problem))
    result = given()
    if not inspect.isawaitable(result):
        raise TypeError(NOT_AWAITABLE.format(name=name, result=result))
    return result


def missing_arguments(function: Callable[..., object]) -> str | None:
    """Say what a function lacks that is called without arguments; None if nothing."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C; before 3.11, an AsyncMock
        return None
    try:
        signature.bind()
    except TypeError as error:
        return str(error)
    return None
