"""Messages of sync code that wants an event loop where there is none."""

from pathlib import PurePath

from .explanation import Explanation, Failure, Seen
from .loop_scopes import what_runs
from .places import frames

_IN_A_FIXTURE = (
    "make the fixture `async def` with @pytest_asyncio.fixture, and call "
    "asyncio.get_running_loop() where it wants a loop"
)
_IN_A_THREAD = (
    "get the loop outside the thread with asyncio.get_running_loop(), and hand it over"
)


def _see_lack_of_current_loop(failure: Failure) -> Seen:
    return _seen(failure, "wants the current event loop where none is set")


def _see_lack_of_running_loop(failure: Failure) -> Seen:
    return _seen(failure, "wants a running event loop where none runs")


def _seen(failure: Failure, wants: str) -> Seen:
    what = what_runs(failure.node, failure.error)
    if _is_in_thread(failure):
        cause = f"{what} {wants}: in another thread, at {failure.place}"
        return Seen(cause, _IN_A_THREAD)
    remedy = _IN_A_FIXTURE if " fixture " in what else ""
    return Seen(f"{what} {wants}, at {failure.place}", remedy)


def _is_in_thread(failure: Failure) -> bool:
    files = [PurePath(frame.f_code.co_filename) for frame, _ in frames(failure.error)]
    return any(file.parts[-2:] == ("futures", "thread.py") for file in files)


EXPLANATIONS = (
    Explanation(
        heading="RuntimeError: There is no current event loop in thread 'MainThread'",
        raised=(RuntimeError,),
        wordings=(r"^There is no current event loop in thread '.*'\.?$",),
        cause="sync code wants the current event loop where none is set",
        remedy="ask for the fixture standard_event_loop in a sync test; in async code "
        "call asyncio.get_running_loop()",
        look=_see_lack_of_current_loop,
        is_often_handled=True,
    ),
    Explanation(
        heading="DeprecationWarning: There is no current event loop",
        raised=(DeprecationWarning,),
        wordings=(r"^There is no current event loop$",),
        cause="sync code wants the current event loop where none is set",
        remedy="ask for the fixture standard_event_loop in a sync test; in async code "
        "call asyncio.get_running_loop()",
        look=_see_lack_of_current_loop,
        is_often_handled=True,
    ),
    Explanation(
        heading="RuntimeError: no running event loop",
        raised=(RuntimeError,),
        wordings=(r"^no running event loop$",),
        cause="sync code wants a running event loop where none runs",
        remedy="make the test `async def`",
        look=_see_lack_of_running_loop,
        is_often_handled=True,
    ),
)
