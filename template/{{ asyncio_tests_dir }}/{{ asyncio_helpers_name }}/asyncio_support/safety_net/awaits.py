"""What a task waits for: its chain of awaits, and what is at the end of it."""

import asyncio
import os
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, cast

from ..naming import name_of
from ..waiting_place import frames_of
from .lock_holders import Holder, LockHolders
from .places import is_users, place

_Task = asyncio.Task[Any]
_ASYNCIO = os.path.dirname(asyncio.__file__) + os.sep


@dataclass
class Waiting:
    """What a task waits for.

    Attributes:
        chain: The lines of the user's, from the task's own to the innermost.
        what: What it waits for in the end, in words.
        holder: Who has the lock that it waits for.
        task: The task that it waits for.
        thing: The lock, queue or event that it waits for.
    """

    chain: list[str] = field(default_factory=list)
    what: str = "something unknown"
    holder: Holder | None = None
    task: _Task | None = None
    thing: object = None


def waiting_of(task: _Task, locks: LockHolders) -> Waiting:
    """Find out what a task waits for."""
    waiting = Waiting()
    inner: FrameType | None = None
    for frame in frames_of(task):
        file = frame.f_code.co_filename
        if is_users(file):
            waiting.chain.append(place(frame.f_code, frame.f_lineno))
            inner = None
        elif inner is None and file.startswith(_ASYNCIO):
            inner = frame
    _describe(waiting, task, inner, locks)
    return waiting


def _describe(
    waiting: Waiting, task: _Task, inner: FrameType | None, locks: LockHolders
) -> None:
    future = getattr(task, "_fut_waiter", None)
    if getattr(task.get_coro(), "cr_running", False):
        waiting.what = "nothing: it is running, and keeps the loop from the others"
        return
    if isinstance(future, asyncio.Task):
        waiting.task = cast("_Task", future)
        waiting.what = f"the {name_of(waiting.task)} to end"
    if inner is None:
        if waiting.task is None and future is not None:
            waiting.what = _future(future)
        return
    known = inner.f_locals
    thing = waiting.thing = known.get("self")
    function = inner.f_code.co_name
    if isinstance(thing, asyncio.Lock):
        holder = waiting.holder = locks.held.get(thing)
        waiting.what = f"an asyncio.Lock{_held_by(holder)}"
    elif isinstance(thing, asyncio.Queue):
        waiting.what = _queue(cast("asyncio.Queue[object]", thing), function)
    elif function == "sleep" and "h" in known:
        left = known["h"].when() - task.get_loop().time()
        total = known["delay"]
        waiting.what = (
            f"asyncio.sleep({total:g}), {max(left, 0):.3g} seconds of it left"
        )
    elif thing is not None:
        waiting.what = f"asyncio.{type(thing).__name__}.{function}"
    elif waiting.task is None:
        waiting.what = f"asyncio.{function}"


def _future(future: object) -> str:
    children: list[asyncio.Future[object]] = getattr(future, "_children", [])
    if not children:
        return "a future that nobody has given a result"
    pending = sum(not child.done() for child in children)
    return f"asyncio.gather, of which {pending} of {len(children)} have not ended"


def _held_by(holder: Holder | None) -> str:
    if holder is None:
        return ""
    return f" that the task {holder.name!r} holds, taken at {holder.place}"


def _queue(queue: "asyncio.Queue[object]", function: str) -> str:
    text = f"asyncio.{type(queue).__name__}.{function} of a queue with {queue.qsize()}"
    if function == "join":
        unfinished = getattr(queue, "_unfinished_tasks", "some")
        return f"{text} items, of which {unfinished} lack their task_done()"
    return f"{text} items"
