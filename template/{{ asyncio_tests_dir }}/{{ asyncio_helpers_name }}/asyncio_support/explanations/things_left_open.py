"""Messages about what is still open, or closed by the wrong hand, after a test."""

import re
from inspect import isasyncgen

from .calls import place_of_call
from .explanation import Explanation, Failure, Seen
from .places import frames, place_of_code

_TASK = re.compile(r"<Task pending name='(?P<name>[^']*)' coro=<(?P<coro>[^ ]*)")


def _see_where_it_is_made(failure: Failure) -> Seen | None:
    # Of a loop, the sockets that it wakes itself with are found open as well.
    where = place_of_call("new_event_loop", failure.node)
    if where is not None:
        return Seen(f"the event loop made at {where} was not closed")
    thing = failure.match["thing"].strip("<")
    return None if thing == "event loop" else Seen(f"a {thing} was left open")


def _see_close(failure: Failure) -> Seen | None:
    where = place_of_call("close", failure.node)
    return Seen(f"{where} closes the loop of pytest-asyncio") if where else None


def _see_second_yield(failure: Failure) -> Seen | None:
    for frame, _ in frames(failure.error):
        for value in frame.f_locals.values():
            if isasyncgen(value):
                code = value.ag_code
                where = place_of_code(code)
                return Seen(f"the fixture {code.co_name!r}, {where}, yields once more")
    return None


def _see_task(failure: Failure) -> Seen | None:
    task = _TASK.search(failure.match.string)
    if task is None:
        return None
    return Seen(
        f"nothing keeps the task {task['name']!r} ({task['coro']}), which has not ended"
    )


EXPLANATIONS = (
    Explanation(
        heading="ResourceWarning: unclosed event loop",
        raised=(ResourceWarning,),
        wordings=(
            r"^unclosed (?P<thing>event loop|transport|<socket\.socket|<StreamWriter)",
        ),
        cause="this test, or one before it, made an event loop and did not close it",
        remedy="ask for the fixture standard_event_loop in place of making a loop; "
        "close connections in the fixture that opens them",
        look=_see_where_it_is_made,
    ),
    Explanation(
        heading="An exception occurred during teardown of an asyncio.Runner.",
        raised=(RuntimeWarning,),
        wordings=(r"^An exception occurred during teardown of an asyncio\.Runner\.",),
        cause="a test closed the loop that pytest-asyncio gave it",
        remedy="leave the closing to pytest-asyncio",
        look=_see_close,
    ),
    Explanation(
        heading="Async generator fixture didn't stop.",
        raised=(ValueError,),
        wordings=(r"^Async generator fixture didn't stop\.",),
        cause="an async fixture yields a second time",
        remedy="let it yield once, and clean up after that",
        look=_see_second_yield,
    ),
    Explanation(
        heading="Task exception was never retrieved",
        raised=(RuntimeError,),
        wordings=(r"\bTask was destroyed but it is pending!",),
        cause="a task was started and not kept",
        remedy="keep every task that is started, and await it or put it into a "
        "TaskGroup",
        look=_see_task,
    ),
)
