"""Awaiting something for no longer than a limit, and saying where it was stuck."""

import asyncio
import contextvars
import inspect
import math
import numbers
import sys
from collections.abc import Awaitable, Callable, Coroutine
from types import FrameType
from typing import TypeVar, cast

from .given_awaitable import awaitable_from
from .naming import name_of
from .waiting_place import waiting_place

T = TypeVar("T")

TIMED_OUT = (
    "{name} did not finish within {limit:g} seconds; it was waiting at {place}. "
    "Look there for what never happened, or pass a larger timeout."
)
STILL_RUNNING = (
    " It ignored its cancellation and still runs: re-raise asyncio.CancelledError "
    "where it is caught."
)
BAD_TYPE = (
    "run_with_timeout: timeout={given!r} is not a number. "
    "Pass seconds, or None for no limit."
)
BAD_NUMBER = (
    "run_with_timeout: timeout={given!r} is not a time. "
    "Pass seconds, zero or more, or None for no limit."
)

# Seconds that something cancelled gets for its clean-up. What takes longer is taken to
# ignore its cancellation: a limit that could hang would be none.
CANCELLATION_LIMIT = 2.0

if sys.version_info >= (3, 11):
    _TimeLimitError = TimeoutError
else:

    class _TimeLimitError(TimeoutError, asyncio.TimeoutError):
        """Caught by either name, which are two classes before Python 3.11."""


async def run_with_timeout(
    awaitable: Awaitable[T] | Callable[[], Awaitable[T]],
    timeout: float | None = 5.0,
) -> T:
    """Await something for no longer than a limit.

    What it returns or raises is passed on, its own `TimeoutError` and `CancelledError`
    included. It runs in a task of its own, on every Python; context variables that it
    sets are set for the caller afterwards, as with a plain `await`. (So do not enter a
    TaskGroup or an anyio scope through it that the caller is to leave.)

    If the caller is cancelled, so is what it awaits, and the `CancelledError` goes on,
    unless the clean-up raises something else.

    Args:
        awaitable: A coroutine, task, future or other object that can be awaited; else
            a callable, which is called without arguments for one. What is both is
            awaited. A task is cancelled on expiry like anything else; to keep it, pass
            `asyncio.shield(task)`.
        timeout: Seconds. None and infinity are no limit; 0 lets it run up to its first
            wait, so what is ready at once still succeeds.

    Raises:
        TimeoutError: The limit passed. The text names what was awaited, the limit, and
            the line where it was waiting. It was cancelled first and given 2 seconds
            to clean up; an error raised there is the `__cause__`, a value returned
            there is dropped. (On Python 3.10, an `asyncio.TimeoutError` as well.)
        TypeError: It can be neither awaited nor called, needs arguments, or returned
            something that cannot be awaited; or the limit is not a number.
        ValueError: The limit is negative or not a number (NaN).
    """
    __tracebackhide__ = True  # the reader's own line is the one to show
    try:
        limit = _limit_in_seconds(timeout)
    except (TypeError, ValueError, OverflowError):
        _discard(awaitable)
        raise
    target = cast("Awaitable[T]", awaitable_from(awaitable))
    changes: list[contextvars.Context] = []
    task = asyncio.create_task(_run(target, changes))
    expired = None
    try:
        await asyncio.wait({task}, timeout=limit)
        if not task.done():
            place = waiting_place(task, _caller(inspect.currentframe()))
            name = name_of(awaitable)
            expired = TIMED_OUT.format(name=name, limit=limit, place=place)
            await _cancel(task)
    except asyncio.CancelledError:
        await _cancel(task)
        error = _error_of(task)
        if error is not None:
            raise error  # noqa: B904 - the cancellation is its context, not its cause
        raise
    finally:
        _adopt(changes)
    if expired is None:
        return task.result()
    if not task.done():
        expired += STILL_RUNNING
    raise _TimeLimitError(expired) from _error_of(task)


def _limit_in_seconds(timeout: object) -> float | None:
    """Check a limit; None and infinity are none."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, numbers.Real):
        raise TypeError(BAD_TYPE.format(given=timeout))
    if math.isnan(timeout) or timeout < 0:
        raise ValueError(BAD_NUMBER.format(given=timeout))
    return None if math.isinf(timeout) else float(timeout)


def _discard(awaitable: object) -> None:
    """Close a coroutine that is not going to be awaited, so that none complains."""
    if isinstance(awaitable, Coroutine):
        awaitable.close()


async def _run(target: Awaitable[T], changes: list[contextvars.Context]) -> T:
    __tracebackhide__ = True
    try:
        return await target
    finally:
        changes.append(contextvars.copy_context())


def _adopt(changes: list[contextvars.Context]) -> None:
    for context in changes:
        for variable, value in context.items():
            if variable.get(changes) is not value:  # `changes`: not set here at all
                variable.set(value)


def _caller(frame: FrameType | None) -> FrameType | None:
    return frame and frame.f_back


async def _cancel(task: asyncio.Task[T]) -> None:
    task.cancel()
    await asyncio.wait({task}, timeout=CANCELLATION_LIMIT)


def _error_of(task: asyncio.Task[T]) -> BaseException | None:
    return None if not task.done() or task.cancelled() else task.exception()


run_with_timeout_asyncio = run_with_timeout
