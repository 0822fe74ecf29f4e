"""What to call an awaitable or callable in a message."""

import asyncio
import functools
import sys
from typing import Any, cast

_CAN_CRASH = (3, 12) <= sys.version_info < (3, 12, 5)


def is_task(thing: object) -> bool:
    """Tell whether something is a task, be it written in C or in Python.

    On Python 3.10, pytest-asyncio runs tests in tasks of the second kind, which are no
    `asyncio.Task`.
    """
    return isinstance(thing, asyncio.Task) or hasattr(type(thing), "get_coro")


def coroutine_of(task: Any) -> object:
    """Return the coroutine that a task runs or ran; None if it ended while it began.

    That is an eager task. Asked for it, Python up to 3.12.4 crashes (gh-122332).
    """
    if _CAN_CRASH and hasattr(task, "_coro"):
        return cast("object", getattr(task, "_coro"))  # noqa: B009 - private, see above
    return cast("object", task.get_coro())


def name_of(thing: object) -> str:
    """Return the name that a reader of the test would look for.

    A task's tells its coroutine, a partial's its function; what has no name is shown as
    it is.
    """
    name = getattr(thing, "__qualname__", None)
    if isinstance(name, str):
        return name
    if is_task(thing):
        task = cast("asyncio.Task[object]", thing)
        coroutine = coroutine_of(task)
        work = "" if coroutine is None else f" ({name_of(coroutine)})"
        return f"task {task.get_name()!r}{work}"
    if isinstance(thing, functools.partial):
        return name_of(thing.func)
    return repr(thing)
