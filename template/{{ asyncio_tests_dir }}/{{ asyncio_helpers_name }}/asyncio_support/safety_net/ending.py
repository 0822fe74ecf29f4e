"""Ending what was left on a loop: first by itself, then by force, never for ever."""

import asyncio
import inspect
import time
from asyncio import sleep
from collections.abc import Iterable
from contextlib import suppress

from ..naming import coroutine_of
from ..real_time import now
from .guard import Leftover
from .owners import Owner, owner_of_task
from .private_names import forget_task

# Turns of the loop that things get to end by themselves.
SETTLING_TURNS = 5
# Seconds that threads and processes get to end by themselves, where any are left.
SETTLING_LIMIT = 0.2
# Seconds for each thing that is ended by force.
ENDING_LIMIT = 2.0
# Seconds between two looks at one of them.
_PAUSE = 0.001
_pause = time.sleep


async def settle() -> None:
    """Let end what is about to end by itself."""
    for _ in range(SETTLING_TURNS):
        await sleep(0)


async def end_all(left: Iterable[Leftover]) -> None:
    """End everything, whatever fails on the way."""
    for each in left:
        with suppress(Exception):
            ending = each.end()
            if inspect.isawaitable(ending):
                await _ended(asyncio.ensure_future(ending))


async def cancel(task: "asyncio.Task[object]") -> None:
    """Cancel a task; what ignores that is forgotten, so that nobody waits for it."""
    try:
        task.cancel()
    except RecursionError:  # tasks that wait for each other cancel each other
        _close(task)
    else:
        await _ended(task)
    if task.done():
        # Looked at here, so that asyncio does not complain that nobody did.
        if not task.cancelled():
            task.exception()
        return
    forget_task(task)


def _close(task: "asyncio.Task[object]") -> None:
    coroutine = coroutine_of(task)
    if inspect.iscoroutine(coroutine):
        with suppress(Exception):
            coroutine.close()


async def end_tasks_of(owner: Owner) -> None:
    """Cancel all tasks of a test or fixture on the running loop."""
    this = asyncio.current_task()
    tasks = [t for t in asyncio.all_tasks() if t is not this]
    await asyncio.gather(*(cancel(t) for t in tasks if owner_of_task(t) is owner))


async def _ended(awaited: "asyncio.Future[object]") -> None:
    """Wait by our own clock: the loop's is the test's, which may have stopped it."""
    deadline = now() + ENDING_LIMIT
    while not awaited.done() and now() < deadline:
        await sleep(0)
        _pause(_PAUSE)
