"""Awaiting something for no longer than a limit, and saying where it was stuck."""

import asyncio
import contextvars
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from .given_awaitable import awaitable_from
from .limits import TimeLimitError, discard, limit_in_seconds
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

# Seconds that something cancelled gets for its clean-up. What takes longer is taken to
# ignore its cancellation: a limit that could hang would be none.
CANCELLATION_LIMIT = 2.0


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
        limit = limit_in_seconds(timeout, "run_with_timeout")
    except (TypeError, ValueError, OverflowError):
        discard(awaitable)
        raise
    target = cast("Awaitable[T]", awaitable_from(awaitable))

    def text(place: str) -> str:
        return TIMED_OUT.format(name=name_of(awaitable), limit=limit, place=place)

    return await within(limit, target, text)


async def within(
    limit: float | None, target: Awaitable[T], text: Callable[[str], str]
) -> T:
    """Await something for no longer than a limit, as `run_with_timeout` does.

    Args:
        limit: Seconds; None is no limit.
        target: What to await.
        text: Is given the line where it was waiting when the limit passed, and returns
            what the error says.
    """
    __tracebackhide__ = True
    changes: list[contextvars.Context] = []
    task = asyncio.create_task(_run(target, changes))
    expired = None
    try:
        await asyncio.wait({task}, timeout=limit)
        if not task.done():
            expired = text(waiting_place(task, inspect.currentframe()))
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
    raise TimeLimitError(expired) from _error_of(task)


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


async def _cancel(task: asyncio.Task[T]) -> None:
    task.cancel()
    await asyncio.wait({task}, timeout=CANCELLATION_LIMIT)


def _error_of(task: asyncio.Task[T]) -> BaseException | None:
    return None if not task.done() or task.cancelled() else task.exception()


run_with_timeout_asyncio = run_with_timeout
