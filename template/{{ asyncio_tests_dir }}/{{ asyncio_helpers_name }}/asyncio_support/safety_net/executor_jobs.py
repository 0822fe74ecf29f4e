"""What a thread does that a task waits for."""

import asyncio
import concurrent.futures
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

from ..naming import name_of
from .places import place_of
from .task_names import called

_Job = concurrent.futures.Future[Any]


def job_behind(future: object) -> "_Job | None":
    """Return the job of a thread pool, or of another loop, that a future stands for."""
    source: Any = enclosed(future, "source")
    return source if isinstance(source, concurrent.futures.Future) else None  # pyright: ignore[reportUnknownVariableType] - of any type


def enclosed(future: object, name: str) -> object:
    """Return what a callback of a future has enclosed under some name."""
    for callback in _callbacks_of(future):
        code = getattr(callback, "__code__", None)
        if code is not None and name in code.co_freevars:
            cell = callback.__closure__[code.co_freevars.index(name)]
            return cell.cell_contents
    return None


def _callbacks_of(future: Any) -> Iterable[Any]:
    if isinstance(future, concurrent.futures.Future):
        return getattr(future, "_done_callbacks", ())  # pyright: ignore[reportUnknownArgumentType] - of any type
    return [callback for callback, _ in getattr(future, "_callbacks", None) or ()]


def describe_job(job: _Job) -> str:
    """Say where a job stands."""
    elsewhere: Any = enclosed(job, "source")
    if isinstance(elsewhere, asyncio.Task):
        return f"{called(elsewhere)}, which is on a loop in another thread"  # pyright: ignore[reportUnknownArgumentType] - of any type
    if not job.running():
        return "a job of an executor, which no thread has begun"
    for frame in sys._current_frames().values():  # noqa: SLF001 - documented
        item = _item_of(frame, job)
        if item is not None:
            where = place_of(frame)
            stands = f", which stands at {where}" if where else ""
            return f"the job {_name_of(item)!r} in a thread{stands}"
    return "a job of an executor"


def _item_of(frame: FrameType | None, job: _Job) -> object:
    """Return what a thread has taken from an executor's queue, if it is this job."""
    while frame is not None:
        item = frame.f_locals.get("self") if frame.f_code.co_name == "run" else None
        if getattr(item, "future", None) is job:
            return item
        frame = frame.f_back
    return None


def _name_of(item: Any) -> str:
    job = item.fn if hasattr(item, "fn") else item.task[0]  # since Python 3.14
    # `asyncio.to_thread` wraps what it is given.
    wrapped = getattr(job, "args", ())
    return name_of(wrapped[0] if wrapped else job)
