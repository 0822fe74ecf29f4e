"""Messages of code that starts an event loop inside one that runs already."""

from .explanation import Explanation, Failure, Seen
from .loop_scopes import what_runs
from .places import frames

_AWAIT = "write `await` instead"
_AWAIT_OR_SYNC = (
    f"{_AWAIT}; if sync code under test does this, test that from a sync test"
)


def _see_run(failure: Failure) -> Seen:
    return _seen(failure, "calls asyncio.run()")


def _see_run_until_complete(failure: Failure) -> Seen:
    return _seen(failure, "runs an event loop by hand")


def _seen(failure: Failure, starts: str) -> Seen:
    what = what_runs(failure.node, failure.error)
    cause = f"{what} {starts} at {failure.place}, while the loop of the test runs"
    if what.startswith("the async"):
        return Seen(cause, _AWAIT)
    return Seen(cause)


def _see_requested_fixture(failure: Failure) -> Seen | None:
    # The innermost call of pytest's is for the loop, the outermost is the user's.
    for frame, _ in reversed(frames(failure.error)):
        if frame.f_code.co_name == "getfixturevalue":
            name = frame.f_locals.get("argname")
            cause = f"{failure.place} asks for the async fixture {name!r}"
            cause += ", while the loop of the test runs"
            return Seen(cause, f"name {name!r} among the arguments of the test")
    return None


EXPLANATIONS = (
    Explanation(
        heading="RuntimeError: asyncio.run() cannot be called from a running event "
        "loop",
        raised=(RuntimeError,),
        wordings=(r"^asyncio\.run\(\) cannot be called from a running event loop$",),
        cause="an async test runs in an event loop already",
        remedy=_AWAIT_OR_SYNC,
        look=_see_run,
    ),
    Explanation(
        heading="RuntimeError: This event loop is already running",
        raised=(RuntimeError,),
        wordings=(r"^(?i:this event loop is already running)\.?$",),
        cause="an async test runs its own event loop once more",
        remedy=_AWAIT_OR_SYNC,
        look=_see_run_until_complete,
    ),
    Explanation(
        heading="RuntimeError: Cannot run the event loop while another loop is running",
        raised=(RuntimeError,),
        wordings=(r"^Cannot run the event loop while another loop is running$",),
        cause="an async test runs a second event loop inside its own",
        remedy=_AWAIT_OR_SYNC,
        look=_see_run_until_complete,
    ),
    Explanation(
        heading="RuntimeError: Runner.run() cannot be called from a running event loop",
        raised=(RuntimeError,),
        wordings=(r"^Runner\.run\(\) cannot be called from a running event loop$",),
        cause="an async test calls request.getfixturevalue() for an async fixture",
        remedy="name the fixture among the arguments of the test",
        look=_see_requested_fixture,
    ),
)
