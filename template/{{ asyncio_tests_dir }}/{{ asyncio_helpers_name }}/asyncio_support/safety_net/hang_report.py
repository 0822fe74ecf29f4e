"""The report of a hang: for every task where it stands, and what it waits for.

It is made while the loop hangs, from another thread, or by the loop itself.
"""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ..naming import name_of
from .awaits import Waiting, waiting_of
from .lock_holders import LockHolders
from .owners import owner_of_task
from .places import place_of, place_of_origin
from .running import Running

OTHER_LOOP = (
    "  cannot go on: it is on the loop of scope {its}, which does not run while the one "
    "of scope {other} does. Give both the same loop_scope"
)

_Task = asyncio.Task[Any]


@dataclass(frozen=True)
class HangReport:
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
    lines = [line for task in waits for line in _describe(task, waits[task], running)]
    lines += _cycles(waits)
    return HangReport(now_at or _place(waits, running), tuple(lines))


def _describe(task: _Task, waiting: Waiting, running: Running) -> Iterator[str]:
    yield ""
    owner = owner_of_task(task)
    by = f" of {owner}" if owner is not None and owner is not running.owner else ""
    yield f"the {name_of(task)}{by}"
    made = place_of_origin(task.get_coro())
    if made:
        yield f"  made at    {made}"
    for line in waiting.chain:
        yield f"  stands at  {line}"
    yield f"  waits for  {waiting.what}"
    its, other = task.get_loop(), running.loop()
    if other is not None and its is not other:
        yield OTHER_LOOP.format(its=running.loops[its], other=running.loops[other])
    for other in _awaited_by(task):
        yield f"  awaited by the {name_of(other)}"


if sys.version_info >= (3, 14):

    def _awaited_by(task: _Task) -> list[_Task]:
        graph = asyncio.capture_call_graph(task, limit=0)
        futures = [each.future for each in graph.awaited_by] if graph else []
        return [each for each in futures if isinstance(each, asyncio.Task)]

else:

    def _awaited_by(task: _Task) -> list[_Task]:
        """Python does not tell before 3.14."""
        return []


def _cycles(waits: dict[_Task, Waiting]) -> Iterator[str]:
    """Name every circle of tasks that wait for each other."""
    seen: set[_Task] = set()
    for start in waits:
        path: list[_Task] = []
        task: _Task | None = start
        while task is not None and task in waits and task not in seen:
            seen.add(task)
            path.append(task)
            task = _next(waits[task])
        if task in path:
            circle = [*path[path.index(task) :], task]
            yield ""
            names = " -> ".join(repr(each.get_name()) for each in circle)
            yield f"a deadlock: these tasks wait for each other: {names}"


def _next(waiting: Waiting) -> _Task | None:
    if waiting.task is not None:
        return waiting.task
    return waiting.holder.task() if waiting.holder is not None else None


def _place(waits: dict[_Task, Waiting], running: Running) -> str:
    """Name the innermost line of the first task of what hangs."""
    for task, waiting in waits.items():
        if owner_of_task(task) is running.owner and waiting.chain:
            return waiting.chain[-1]
    return ""


def _tasks_of(loop: asyncio.AbstractEventLoop) -> list[_Task]:
    tasks = asyncio.all_tasks(loop)
    return sorted(tasks, key=lambda task: (len(task.get_name()), task.get_name()))
