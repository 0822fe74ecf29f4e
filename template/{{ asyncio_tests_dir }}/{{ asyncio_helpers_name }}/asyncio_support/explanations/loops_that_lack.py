"""Messages of sync code that wants an event loop where there is none."""

from .explanation import Explanation, Failure, Seen
from .loop_scopes import what_runs

_IN_A_FIXTURE = (
    "make the fixture `async def` with @pytest_asyncio.fixture, and call "
    "asyncio.get_running_loop() where it wants a loop"
)


def _see_lack_of_current_loop(failure: Failure) -> Seen:
    return _seen(failure, "wants the current event loop where none is set")


def _see_lack_of_running_loop(failure: Failure) -> Seen:
    return _seen(failure, "wants a running event loop where none runs")


def _seen(failure: Failure, wants: str) -> Seen:
    what = what_runs(failure.node, failure.error)
    remedy = _IN_A_FIXTURE if " fixture " in what else ""
    return Seen(f"{what} {wants}, at {failure.place}", remedy)


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
