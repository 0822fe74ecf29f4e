"""Asking a function again and again without keeping the loop busy with it."""

import asyncio
import contextvars
import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, NoReturn

from .loop_turns import LoopTurns, Timeout, turns_of

# Seconds after which a loop that has nothing to do asks again: a thread may have
# changed something without telling it.
NAP = 0.01
# Turns in which what was due by the deadline may have its effects. On virtual time much
# is due at the same moment.
LATE_TURNS = 100


class Answer(NamedTuple):
    """What a function returned.

    Attributes:
        value: That.
        is_true: Whether it was true at that moment; a list may have changed since.
    """

    value: Any
    is_true: bool


async def first_true(predicate: Callable[[], Any], deadline: float) -> Answer:
    """Return the first true answer of a function; after a time, any answer.

    Args:
        predicate: The function. What it raises is passed on.
        deadline: When it is asked for the last time, by the loop's clock; the loop gets
            one turn at least.
    """
    __tracebackhide__ = True
    loop = asyncio.get_running_loop()
    turns = turns_of(loop)
    answer, is_late = answer_of(predicate()), False
    while not answer.is_true and not is_late:
        if turns is None:
            # No shorter at the end: uvloop takes less than 1 ms for none at all.
            await asyncio.sleep(NAP if loop.time() < deadline else 0)
            seen, is_late = None, loop.time() >= deadline
        else:
            seen = await _seen_between(turns, predicate, deadline)
            is_late = seen is None
        answer = seen or answer_of(predicate())
    return answer


def answer_of(value: object) -> Answer:
    """Tell whether a value is true."""
    return Answer(value, bool(value))


async def _seen_between(
    turns: LoopTurns, predicate: Callable[[], Any], deadline: float
) -> Answer | None:
    """Return what is true between two turns; None if nothing is in time."""
    __tracebackhide__ = True
    seen: asyncio.Future[Callable[[], Answer] | None] = turns.loop.create_future()
    context, is_late, late_turns = contextvars.copy_context(), False, 0

    def expire() -> None:
        nonlocal is_late
        is_late = True

    def look(timeout: Timeout) -> Timeout:
        nonlocal late_turns
        found = None if seen.done() else context.run(_found, predicate)
        if found is not None:
            # So the caller finds all as the predicate has seen it.
            turns.run_first(partial(seen.set_result, found))
        elif is_late and not seen.done():
            late_turns += 1
            if not turns.ready or late_turns > LATE_TURNS:
                seen.set_result(None)
        if turns.ready:
            return 0
        return NAP if timeout is None else min(timeout, NAP)

    end = turns.look(look)
    timer = None if math.isinf(deadline) else turns.loop.call_at(deadline, expire)
    try:
        found = await seen
    finally:
        end()
        if timer is not None:
            timer.cancel()
    return None if found is None else found()


def _found(predicate: Callable[[], Any]) -> Callable[[], Answer] | None:
    """Ask a function; return what returns its answer or raises its error, if any."""
    try:
        answer = answer_of(predicate())
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - what a task would raise, too
        return partial(_raise, error)
    return partial(Answer, *answer) if answer.is_true else None


def _raise(error: BaseException) -> NoReturn:
    __tracebackhide__ = True
    raise error
