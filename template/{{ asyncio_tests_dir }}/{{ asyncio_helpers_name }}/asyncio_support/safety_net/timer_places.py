"""Which line of the user's waits for a timer of a loop."""

import asyncio
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple, cast

from ..naming import is_task
from ..user_code import def_line, is_library, is_users
from ..waiting_place import frames_of
from .places import place
from .watchdog import Look

_Task = asyncio.Task[Any]


class _Line(NamedTuple):
    code: CodeType
    number: int | None


def place_of_timer(timer: asyncio.TimerHandle, look: Look) -> str:
    """Name the line that waits for a timer; empty if it is none of the user's.

    It is that of a `sleep`, a `wait_for` or a `timeout`, or the function that is called
    in time. Where there is nothing but Python's own code, as in a task made of a
    `sleep`, it is where the test or fixture itself stands.
    """
    lines = list(_lines_behind(timer, look))
    found = _innermost(lines)
    if found or not all(is_library(line.code.co_filename) for line in lines):
        return found
    task = _task_that_runs(look.frame)
    return _innermost(_lines_of(task)) if task is not None else ""


def _lines_behind(timer: asyncio.TimerHandle, look: Look) -> Iterator[_Line]:
    callback: Any = getattr(timer, "_callback", None)
    given: Iterable[object] = getattr(timer, "_args", None) or ()
    # That of `asyncio.timeout` calls a method of an object which knows its task.
    known = [*given, getattr(getattr(callback, "__self__", None), "_task", None)]
    waiting = _waiting_for([each for each in known if each is not None], look)
    for task in waiting:
        yield from _lines_of(task)
    code = getattr(callback, "__code__", None)
    if not waiting and isinstance(code, CodeType):
        yield _Line(code, def_line(code))


def _waiting_for(things: Iterable[object], look: Look) -> list[_Task]:
    """Return the tasks that are among some things, or wait for one of them."""
    loop = look.running.loop()
    tasks = list(asyncio.all_tasks(loop)) if loop is not None else []
    waiters = [getattr(task, "_fut_waiter", None) for task in tasks]
    pairs = list(zip(tasks, waiters, strict=True))
    return [
        task
        for thing in things
        for task, waiter in pairs
        if task is thing or waiter is thing
    ]


def _task_that_runs(frame: FrameType | None) -> _Task | None:
    """Return the task for whose end a loop was started."""
    while frame is not None and frame.f_code.co_name != "run_until_complete":
        frame = frame.f_back
    task = frame.f_locals.get("future") if frame is not None else None
    return cast("_Task", task) if is_task(task) else None


def _lines_of(task: _Task) -> Iterator[_Line]:
    for frame in frames_of(task):
        yield _Line(frame.f_code, frame.f_lineno)


def _innermost(lines: Iterable[_Line]) -> str:
    users = [line for line in lines if is_users(line.code.co_filename)]
    return place(users[-1].code, users[-1].number) if users else ""
