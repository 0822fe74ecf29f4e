"""The report of a hang: for every task where it stands, and what it waits for.

It is made while the loop hangs, from another thread.
"""

import asyncio
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any, NamedTuple

from ..naming import coroutine_of
from .awaits import Waiting, waiting_of
from .lock_holders import LockHolders
from .owners import owner_of_task
from .places import place_of, place_of_origin
from .running import Running
from .task_names import called, called_together, work_of
from .waiting_circles import circles

OTHER_LOOP = (
    "  cannot go on: it is on the loop of scope {its}, which does not run while the "
    "one of scope {other} does. Give both the same loop_scope"
)
CIRCLE = "a deadlock: these tasks wait for each other: {names}"
NO_TASK = "no task is left on the loop that could go on"
MORE = "and {number} tasks more"

# Tasks that are described; more would hide what there is to see.
_SHOWN = 25

_Task = asyncio.Task[Any]


class HangReport(NamedTuple):
    """What there is to know of a hang.

    Attributes:
        place: The line of the user's at which the test or fixture itself stands.
        lines: A description of every task.
    """

    place: str
    lines: tuple[str, ...]


def hang_report(
    running: Running, locks: LockHolders, frame: FrameType | None
) -> HangReport:
    """Describe what hangs.

    Args:
        running: What should have ended.
        locks: Who holds which lock.
        frame: Where its thread stands: what the running task does, if the loop is not
            waiting itself.
    """
    now_at = place_of(frame)
    waits: dict[_Task, Waiting] = {}
    for loop in tuple(running.loops):
        for task in _tasks_of(loop):
            waits[task] = waiting_of(task, locks)
    lines = [*_circles(waits), *_describe_all(waits, running)]
    return HangReport(now_at or _place(waits, running), tuple(lines))


def _describe_all(waits: dict[_Task, Waiting], running: Running) -> Iterator[str]:
    alike: dict[tuple[str, ...], list[_Task]] = {}
    for task, waiting in waits.items():
        alike.setdefault(tuple(_describe(task, waiting, running)), []).append(task)
    for (what, *lines), tasks in tuple(alike.items())[:_SHOWN]:
        yield from ("", f"{called_together(tasks)} ({what})", *lines)
    if not alike:
        yield from ("", NO_TASK)
    if len(alike) > _SHOWN:
        rest = tuple(alike.values())[_SHOWN:]
        yield from ("", MORE.format(number=sum(map(len, rest))))


def _describe(task: _Task, waiting: Waiting, running: Running) -> Iterator[str]:
    owner, work = owner_of_task(task), work_of(task)
    is_others = owner not in {None, running.owner} and str(owner) not in work
    yield f"{work}, of {owner}" if is_others else work
    made = place_of_origin(coroutine_of(task))
    if made:
        yield f"  made at    {made}"
    for line in waiting.chain:
        yield f"  stands at  {line}"
    yield f"  waits for  {waiting.what}"
    its, running_loop = task.get_loop(), running.loop()
    if running_loop is not None and its is not running_loop:
        scopes = running.loops
        yield OTHER_LOOP.format(its=scopes[its], other=scopes[running_loop])
    for waiter in _awaited_by(task):
        yield f"  awaited by {called(waiter)}"


def _awaited_by(task: _Task) -> list[_Task]:
    """Return the tasks that wait for one; Python tells since 3.14."""
    capture = getattr(asyncio, "capture_call_graph", None)
    if capture is None:
        return []
    try:
        graph = capture(task, limit=0)
    except RecursionError:  # a circle, which is described as such
        return []
    futures = [each.future for each in graph.awaited_by] if graph else []
    return [each for each in futures if isinstance(each, asyncio.Task)]


def _circles(waits: dict[_Task, Waiting]) -> Iterator[str]:
    for circle in circles({task: _awaited(waits[task]) for task in waits}):
        names = " -> ".join(repr(each.get_name()) for each in circle)
        yield from ("", CIRCLE.format(names=names))


def _awaited(waiting: Waiting) -> Iterable[_Task]:
    """Return the tasks without which one cannot go on."""
    holder = waiting.holder.task() if waiting.holder is not None else None
    return [*waiting.tasks, *([holder] if holder is not None else [])]


def _place(waits: dict[_Task, Waiting], running: Running) -> str:
    """Name the innermost line of the first task of what hangs."""
    for task, waiting in waits.items():
        if owner_of_task(task) is running.owner and waiting.chain:
            return waiting.chain[-1]
    return ""


def _tasks_of(loop: asyncio.AbstractEventLoop) -> list[_Task]:
    tasks = asyncio.all_tasks(loop)
    return sorted(tasks, key=lambda task: (len(task.get_name()), task.get_name()))
