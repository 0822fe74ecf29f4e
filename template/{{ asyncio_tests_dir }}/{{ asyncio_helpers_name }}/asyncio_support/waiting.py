"""Waiting until something is so, whoever brings it about, and no longer than a limit.

Code that can be changed says by an event that it got somewhere. For the rest there is
`wait_until`: it looks in between two turns of the loop, where all that a task or
callback does until its next `await` is done and nothing else has begun.
"""

import asyncio
import math
import reprlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, overload

from .between_turns import NAP, answer_of, first_true
from .given_predicate import described, predicate_from
from .limits import TimeLimitError, discard, limit_in_seconds
from .time_limit import within

T = TypeVar("T")

NOT_TRUE = (
    "wait_until: {predicate} was not true within {limit:g} seconds; {last}. "
    "Look for what should have made it true, or pass a larger timeout."
)
FALSE = "it was {value} at last"
STILL_ASKED = "it was waiting at {place}"


@overload
async def wait_until(
    predicate: Callable[[], Coroutine[Any, Any, T | None]], timeout: float | None = 5.0
) -> T: ...
@overload
async def wait_until(
    predicate: Callable[[], T | None], timeout: float | None = 5.0
) -> T: ...
async def wait_until(
    predicate: Callable[[], Any], timeout: float | None = 5.0
) -> object:
    """Wait until a function returns something true, and return that.

    The function is called at once, then in every turn of the loop and, while the loop
    has nothing to do, a hundred times a second: so let it be quick and change nothing.
    The first time that it returns something true counts, even if that is over one turn
    later, and the caller goes on before anything else can change it. (Awaited through a
    task of its own, as with `run_with_timeout`, the caller goes on some turns later.)

    An async function is awaited, again and again with a hundredth of a second in
    between. It is for what has to be asked, such as a server: what changes and changes
    back meanwhile is not seen. The same goes for any function on loops other than
    asyncio's own, such as uvloop's.

    Args:
        predicate: A function without arguments. What it raises is passed on.
        timeout: Seconds of the loop's clock. None and infinity are no limit; 0 lets
            the loop do what it can do at once.

    Raises:
        TimeoutError: The limit passed. The text names the predicate, with its line,
            and what it returned at last. (On Python 3.10, an `asyncio.TimeoutError` as
            well.)
        TypeError: It cannot be called without arguments, as a coroutine or a result,
            or the limit is not a number.
        ValueError: The limit is negative or not a number (NaN).
    """
    __tracebackhide__ = True  # the reader's own line is the one to show
    try:
        limit = limit_in_seconds(timeout, "wait_until")
    except (TypeError, ValueError, OverflowError):
        discard(predicate)
        raise
    asked = predicate_from(predicate)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (math.inf if limit is None else limit)

    def text(last: str) -> str:
        return NOT_TRUE.format(predicate=described(asked), limit=limit, last=last)

    def text_when_asked(place: str) -> str:
        return text(STILL_ASKED.format(place=place))

    while True:
        answer = await first_true(asked, deadline)
        is_to_be_awaited = isinstance(answer.value, Coroutine)
        if is_to_be_awaited:
            left = None if limit is None else max(deadline - loop.time(), 0)
            answer = answer_of(await within(left, answer.value, text_when_asked))
        if answer.is_true:
            return answer.value
        if deadline - loop.time() <= NAP:
            raise TimeLimitError(text(FALSE.format(value=reprlib.repr(answer.value))))
        await asyncio.sleep(NAP)
