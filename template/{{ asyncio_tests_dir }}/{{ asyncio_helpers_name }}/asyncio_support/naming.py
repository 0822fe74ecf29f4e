"""What to call an awaitable or callable in a message."""

import asyncio
import functools
from typing import cast


def is_task(thing: object) -> bool:
    """Tell whether something is a task, be it written in C or in Python.

    On Python 3.10, pytest-asyncio runs tests in tasks of the second kind, which are no
    `asyncio.Task`.
    """
    return isinstance(thing, asyncio.Task) or hasattr(type(thing), "get_coro")


def name_of(thing: object) -> str:
    """Return the name that a reader of the test would look for.

    A task's tells its coroutine, a partial's its function; what has no name is shown as
    it is.
    """
    if is_task(thing):
        task = cast("asyncio.Task[object]", thing)
        return f"task {task.get_name()!r} ({name_of(task.get_coro())})"
    if isinstance(thing, functools.partial):
        return name_of(thing.func)
    name = getattr(thing, "__qualname__", None)
    return name if isinstance(name, str) else repr(thing)
