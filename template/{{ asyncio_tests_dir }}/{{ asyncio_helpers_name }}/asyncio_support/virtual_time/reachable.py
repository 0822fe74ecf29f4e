"""Whether a task waits for what something can bring.

A connection to the outside, or a child process, is of no concern to the clock while it
only stands there. It is when a task waits for a future that is to be found from it: the
protocol has a reader, which has the future of whoever reads; a callback has enclosed
an event, which has the futures of those that wait for it.
"""

import asyncio
import contextvars
import gc
import logging
import threading
import weakref
from collections import deque
from collections.abc import Iterable
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from ..naming import is_task

# Objects that are looked at before the search is given up, which means yes: when in
# doubt the clock is held. A protocol of aiohttp's or asyncpg's leads to its own future
# within the first hundred.
_LIMIT = 2000
# They lead to everything, and are nobody's own.
_SKIPPED = (
    type,
    ModuleType,
    CodeType,
    FrameType,
    contextvars.Context,
    asyncio.AbstractEventLoop,
    threading.Thread,
    logging.Logger,
    str,
    bytes,
    bytearray,
    int,
    float,
    type(None),
)


def awaited_futures(loop: asyncio.AbstractEventLoop) -> set[int]:
    """Return the ids of the futures that the tasks of a loop wait for."""
    futures: set[int] = set()
    for task in asyncio.all_tasks(loop):
        future = getattr(task, "_fut_waiter", None)
        if future is not None and not is_task(future):
            futures.add(id(future))
    return futures


def leads_to(roots: Iterable[object], futures: set[int]) -> bool:
    """Tell whether one of some futures can be found from one of some objects."""
    if not futures:
        return False
    seen: set[int] = set()
    following = deque([tuple(roots)])
    while following:
        for thing in following.popleft():
            if id(thing) in seen or isinstance(thing, _SKIPPED):
                continue
            seen.add(id(thing))
            if id(thing) in futures or len(seen) > _LIMIT:
                return True
            following.append(tuple(_held_by(thing)))
    return False


def _held_by(thing: Any) -> Iterable[object]:
    if is_task(thing):
        return ()  # what a task waits for is asked of the task itself
    if isinstance(thing, weakref.ref):  # as a protocol refers to the reader of a client
        return (thing(),)  # pyright: ignore[reportUnknownVariableType] - of any type
    if isinstance(thing, FunctionType):  # not its globals
        enclosed = thing.__closure__ or ()
        return (*enclosed, *(thing.__defaults__ or ()))
    return gc.get_referents(thing)
