"""Messages about what newer releases of Python and pytest-asyncio do otherwise."""

import pytest

from .calls import places_in_file
from .explanation import Explanation, Failure, Seen
from .loop_scopes import fixture_place, fixtures_of, is_async
from .places import function_of, test_place

_INSTEAD = {
    "get_event_loop_policy": "for asyncio.get_event_loop_policy().new_event_loop(), "
    "write asyncio.new_event_loop()",
    "iscoroutinefunction": "call inspect.iscoroutinefunction()",
}


def _see_who_asks(failure: Failure) -> Seen:
    askers = [
        f"the fixture {name!r}, {fixture_place(name, failure.node)},"
        for name, fixture in fixtures_of(failure.node).items()
        if "event_loop" in fixture.argnames
    ]
    asker = askers[0] if askers else f"the test at {test_place(failure.node)}"
    cause = f"{asker} asks for event_loop, which pytest-asyncio 1.0 removed"
    function = function_of(failure.node)
    if askers or function is None:
        return Seen(cause)
    in_async = "call asyncio.get_running_loop() in the test instead"
    in_sync = "ask for standard_event_loop instead"
    return Seen(cause, in_async if is_async(function) else in_sync)


def _see_scope_keyword(failure: Failure) -> Seen | None:
    places = places_in_file(failure.node, called="asyncio", keyword="scope")
    return Seen(f"scope= stands at {', '.join(places)}") if places else None


def _see_policy_fixture(failure: Failure) -> Seen:
    where = fixture_place("event_loop_policy", failure.node)
    return Seen(f"the fixture 'event_loop_policy' is defined at {where}")


def _see_policy_call(failure: Failure) -> Seen:
    name = failure.match["name"]
    return Seen(f"{failure.place} uses asyncio.{name}", _INSTEAD.get(name, ""))


EXPLANATIONS = (
    Explanation(
        heading="fixture 'event_loop' not found",
        raised=(pytest.FixtureLookupError,),
        wordings=(r"^fixture 'event_loop' not found$",),
        cause="pytest-asyncio 1.0 removed the fixture event_loop",
        remedy="call asyncio.get_running_loop() in async code, and ask for "
        "standard_event_loop in sync tests",
        look=_see_who_asks,
    ),
    Explanation(
        heading='The "scope" keyword argument to the asyncio marker has been '
        "deprecated.",
        raised=(pytest.PytestDeprecationWarning, pytest.fail.Exception),
        wordings=(
            r'^The "scope" keyword argument to the asyncio marker has been deprecated',
            r'An asyncio pytest marker defines both "scope" and "loop_scope"',
        ),
        cause="the mark of a test says scope=",
        remedy="write loop_scope= in its place, never both",
        look=_see_scope_keyword,
    ),
    Explanation(
        heading='Overriding the "event_loop_policy" fixture is deprecated',
        raised=(pytest.PytestDeprecationWarning,),
        wordings=(r'^Overriding the "event_loop_policy" fixture is deprecated',),
        cause="event loop policies go away in Python 3.16",
        remedy="delete the fixture if the policy is asyncio's own; else define the "
        "hook pytest_asyncio_loop_factories in conftest.py",
        look=_see_policy_fixture,
    ),
    Explanation(
        heading="DeprecationWarning: 'asyncio.get_event_loop_policy' is deprecated "
        "and slated for removal in Python 3.16",
        raised=(DeprecationWarning,),
        wordings=(r"^'asyncio\.(?P<name>\w+)' is deprecated and slated for removal",),
        cause="event loop policies go away in Python 3.16",
        remedy="make loops with asyncio.new_event_loop(), and those of another kind "
        "with the hook pytest_asyncio_loop_factories",
        look=_see_policy_call,
    ),
)
