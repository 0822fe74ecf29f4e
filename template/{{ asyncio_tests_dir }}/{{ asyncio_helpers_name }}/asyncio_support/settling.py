"""Letting everything run that can run, up to where it waits for something else.

The model is trio's `wait_all_tasks_blocked`. asyncio tells nobody whether all tasks are
blocked, but its loops do at the beginning of a turn: they are about to wait then.
"""

import asyncio
from typing import Any

from .limits import TimeLimitError
from .loop_turns import LoopTurns, Timeout, turns_of
from .naming import is_task, name_of
from .waiting_place import frames_of, waiting_place

STILL_BUSY = (
    "settle: after {turns:,} turns of the loop there is still something to run: "
    "{what}. What never waits does not settle: end it first, or use wait_until for "
    "the state that the test needs."
)

# Nobody's test needs as many before it waits; they take the better part of a second.
TURNS = 100_000
# Turns in a row in which there is nothing to run. The second shows what was done in the
# first one after it was looked at.
QUIET_TURNS = 2
# The same on other loops, which do not show what callbacks they are going to run.
QUIET_TURNS_OF_TASKS = 10

_SHOWN = 3


async def settle() -> None:
    """Wait until every other task waits, and no callback is left to run.

    What has come over a connection is taken in first. Time is not waited for, nor what
    threads, processes and other machines are doing: `wait_until` is for that. Under the
    virtual clock, it returns before time moves on.

    Of several that wait at once, one goes on after another, each when everything has
    come to rest again.

    On loops other than asyncio's own, such as uvloop's, only tasks can be looked at, so
    the turns of the loop are counted that all of them wait.

    Raises:
        TimeoutError: Something ran again and again for 100,000 turns of the loop. The
            text names it. (On Python 3.10, an `asyncio.TimeoutError` as well.)
    """
    __tracebackhide__ = True  # the reader's own line is the one to show
    turns = turns_of(asyncio.get_running_loop())
    busy = await (_busy_tasks() if turns is None else _busy_turns(turns))
    if busy:
        what = ", ".join(tuple(dict.fromkeys(busy))[:_SHOWN])
        raise TimeLimitError(STILL_BUSY.format(turns=TURNS, what=what))


async def _busy_turns(turns: LoopTurns) -> list[str]:
    """Wait until a loop has nothing to run; return what there is always more of."""
    settled: asyncio.Future[list[str]] = turns.loop.create_future()
    passed = quiet = 0

    def look(_timeout: Timeout) -> Timeout:
        nonlocal passed, quiet
        busy = _handles(turns)
        passed, quiet = passed + 1, 0 if busy else quiet + 1
        if not settled.done() and (quiet == QUIET_TURNS or passed == TURNS):
            settled.set_result([*map(_name_of_handle, busy)])
        return 0

    end = turns.look(look)
    try:
        return await settled
    finally:
        end()


def _handles(turns: LoopTurns) -> list[asyncio.Handle]:
    """Return what a loop is going to call, or would once it has listened."""
    if turns.ready:
        return [*turns.ready]
    # To be woken up is nothing to run: whatever it was for is in the list above.
    came = (key for key, _ in turns.listen(0) if not turns.is_wake_up(key))
    heard = [handle for key in came for handle in key.data]
    return [handle for handle in heard if handle is not None]


def _name_of_handle(handle: asyncio.Handle) -> str:
    callback = getattr(handle, "_callback")  # noqa: B009 - private, and the only way
    owner = getattr(callback, "__self__", None)
    return _name_of_task(owner) if is_task(owner) else name_of(callback)


def _name_of_task(task: Any) -> str:
    return f"{name_of(task)} at {waiting_place(task)}"


async def _busy_tasks() -> list[str]:
    """Wait until all tasks wait; return the names of those that never do."""
    this, quiet = asyncio.current_task(), 0
    busy: list[asyncio.Task[Any]] = []
    for _ in range(TURNS):
        busy = [
            task for task in asyncio.all_tasks() if task is not this and _runs(task)
        ]
        quiet = 0 if busy else quiet + 1
        if quiet == QUIET_TURNS_OF_TASKS:
            break
        await asyncio.sleep(0)
    return [*map(_name_of_task, busy)]


def _runs(task: asyncio.Task[Any]) -> bool:
    """Tell whether a task is going to run, and not just to see whether others do."""
    future = getattr(task, "_fut_waiter", None)
    waits = future is not None and not future.done()
    return not waits and all(
        frame.f_code is not _busy_tasks.__code__ for frame in frames_of(task)
    )
