"""What a task waits for: its chain of awaits, and what is at the end of it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, cast

from ..naming import coroutine_of, is_task
from ..user_code import is_ours, is_users
from ..waiting_place import frames_of
from .awaited_things import describe_call, describe_helper
from .executor_jobs import describe_job, enclosed, job_behind
from .lock_holders import Holder, LockHolders
from .places import place
from .task_names import called, called_together

_Task = asyncio.Task[Any]
_ASYNCIO = str(Path(asyncio.__file__).parent)

RUNS = "nothing: it is running, and keeps the loop from the others"
NOBODYS = "a future that nobody has given a result"


@dataclass
class Waiting:
    """What a task waits for.

    Attributes:
        chain: The lines of the user's, from the task's own to the innermost.
        what: What it waits for in the end, in words.
        holder: Who has the lock that it waits for.
        tasks: The tasks that it waits for.
    """

    chain: list[str] = field(default_factory=list[str])
    what: str = NOBODYS
    holder: Holder | None = None
    tasks: list[_Task] = field(default_factory=list[_Task])


def waiting_of(task: _Task, locks: LockHolders) -> Waiting:
    """Find out what a task waits for."""
    waiting, helper = Waiting(), ""
    calls: list[
        FrameType
    ] = []  # of asyncio's, from the last line of the user's inwards
    for frame in frames_of(task):
        file = frame.f_code.co_filename
        if is_users(file):
            waiting.chain.append(place(frame.f_code, frame.f_lineno))
            calls.clear()
            helper = ""
        elif file.startswith(_ASYNCIO):
            calls.append(frame)
        elif is_ours(file):
            helper = helper or describe_helper(frame)
    if getattr(coroutine_of(task), "cr_running", False):
        waiting.what = RUNS
    else:
        future = getattr(task, "_fut_waiter", None)
        waiting.tasks = _pending([*_tasks_of_calls(calls), *_tasks_behind(future)])
        waiting.what = helper or _what(waiting, future, calls, locks)
    return waiting


def _what(
    waiting: Waiting, future: object, calls: list[FrameType], locks: LockHolders
) -> str:
    for call in calls:
        lock = call.f_locals.get("self")
        if isinstance(lock, asyncio.Lock):
            waiting.holder = locks.held.get(lock)
            return f"an asyncio.Lock{_held_by(waiting.holder)}"
    job = job_behind(future)
    if job is not None:
        return describe_job(job)
    if is_task(future):
        return f"{called(cast('_Task', future))} to end"
    shown = [call for call in calls if call.f_code.co_name != "wait_for"] or calls
    what = describe_call(shown[0]) if shown else _future(future)
    if waiting.tasks:
        what += f" for {called_together(waiting.tasks)} to end"
    return what


def _future(future: object) -> str:
    children: list[asyncio.Future[Any]] = getattr(future, "_children", [])
    if children:
        pending = sum(not child.done() for child in children)
        return f"asyncio.gather, of which {pending} of {len(children)} have not ended,"
    if enclosed(future, "inner") is not None:
        return "asyncio.shield"
    return NOBODYS


def _held_by(holder: Holder | None) -> str:
    if holder is None:
        return ""
    return f" that the task {holder.name!r} holds, taken at {holder.place}"


def _tasks_of_calls(calls: list[FrameType]) -> Iterable[object]:
    """Return what `wait`, `wait_for`, a task group and the like wait for."""
    for call in calls:
        known = call.f_locals
        group = known.get("self")
        yield from known.get("fs") or ()
        yield known.get("fut")
        yield from getattr(group, "_todo", ()) or ()
        if type(group).__name__ == "TaskGroup":
            yield from getattr(group, "_tasks", ())


def _tasks_behind(future: object) -> Iterable[object]:
    yield future
    yield from getattr(future, "_children", ())
    yield enclosed(future, "inner")  # of a shield


def _pending(found: Iterable[object]) -> list[_Task]:
    tasks = [cast("_Task", each) for each in found if is_task(each)]
    pending = {each: None for each in tasks if not each.done()}
    return sorted(pending, key=lambda task: (len(task.get_name()), task.get_name()))
