"""Which of a loop's handles runs a step of which task."""

import asyncio
from typing import Any, cast

from ..naming import coroutine_of, is_task
from ..safety_net import ending

# The names of the functions that begin or resume a task, of tasks written in Python and
# in C; there is no public way to tell them from other callbacks.
_PYTHONS = ("__step", "__wakeup")
_CS = "task_wakeup"
_CS_FIRST = "TaskStepMethWrapper"
# That of the function that stops a loop when what it was to run is complete.
_END = "_run_until_complete_cb"


def task_of(handle: asyncio.Handle) -> "asyncio.Task[Any] | None":
    """Return the task whose step a handle runs; None if it runs something else."""
    callback: Any = getattr(handle, "_callback", None)
    name = getattr(callback, "__name__", None)
    is_step = name == _CS or name in _PYTHONS or type(callback).__name__ == _CS_FIRST
    task = getattr(callback, "__self__", None) if is_step else None
    return cast("asyncio.Task[Any]", task) if is_task(task) else None


def is_end(handle: asyncio.Handle) -> bool:
    """Tell whether a handle stops the loop, as the test is complete."""
    return getattr(getattr(handle, "_callback", None), "__name__", None) == _END


def is_cancellation(handle: asyncio.Handle) -> bool:
    """Tell whether a handle is due since a future was cancelled."""
    future = _future_behind(handle)
    return future is not None and future.cancelled()


def is_consequence(handle: asyncio.Handle) -> bool:
    """Tell whether a handle is due since a future has ended.

    Of the others, nobody can tell which come from tasks, and which from threads and
    from outside, when they like.
    """
    return _future_behind(handle) is not None


def _future_behind(handle: asyncio.Handle) -> "asyncio.Future[Any] | None":
    arguments: tuple[Any, ...] = getattr(handle, "_args", None) or ()
    is_behind = bool(arguments) and asyncio.isfuture(arguments[0])
    return cast("asyncio.Future[Any]", arguments[0]) if is_behind else None


def by_age(task: "asyncio.Task[Any]") -> tuple[int, str]:
    """Return what tasks are sorted by whose age shows in their names only."""
    return len(task.get_name()), task.get_name()


def is_after_the_test(task: "asyncio.Task[Any]") -> bool:
    """Tell whether a task is the safety net's, which ends what a test has left."""
    code = getattr(coroutine_of(task), "cr_code", None)
    return getattr(code, "co_filename", None) == ending.__file__
