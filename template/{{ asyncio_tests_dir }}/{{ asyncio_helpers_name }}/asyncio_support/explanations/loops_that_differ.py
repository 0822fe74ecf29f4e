"""Messages about things that belong to another event loop than the one that runs."""

import pytest

from .explanation import Explanation, Failure, Seen
from .loop_owners import closed_loop, holder_of, stranger
from .loop_scopes import Side, async_sides, is_wider, running_side

_TEST_REMEDY = '@pytest.mark.asyncio(loop_scope="{scope}") on the test'
_FIXTURE_REMEDY = "@pytest_asyncio.fixture({arguments}) on {name!r}"


def _see_other_loop(failure: Failure) -> Seen | None:
    here = running_side(failure.node, failure.error)
    label = stranger(failure.node, failure.error)
    others = [
        side
        for side in async_sides(failure.node)
        if side.loop_scope != here.loop_scope
        and label in {None, f"the fixture {side.name!r}"}
    ]
    if others:
        made = " and ".join(map(str, others))
        cause = f"{made} is not made on the loop of {here}, which uses it"
        return Seen(f"{cause} at {failure.place}", _same_scope(others[0], here))
    if label is None:
        return None
    cause = f"{label} belongs to another loop than that of {here}"
    return Seen(f"{cause}, which uses it at {failure.place}")


def _same_scope(other: Side, here: Side) -> str:
    arguments = f'loop_scope="{here.loop_scope}"'
    if is_wider(other.scope, here.loop_scope):
        arguments = f'scope="{here.loop_scope}", {arguments}'
    there = _FIXTURE_REMEDY.format(arguments=arguments, name=other.name)
    if here.kind == "test":
        first = _TEST_REMEDY.format(scope=other.loop_scope)
    else:
        arguments = f'loop_scope="{other.loop_scope}"'
        first = _FIXTURE_REMEDY.format(arguments=arguments, name=here.name)
    return f"give both the same loop scope: {first}, or {there}"


def _see_closed_loop(failure: Failure) -> Seen:
    loop = closed_loop(failure.error)
    label = holder_of(loop, failure.node, failure.error)
    used = label or "something"
    return Seen(f"{failure.place} uses {used} of an event loop that is closed already")


def _see_short_loop(failure: Failure) -> Seen | None:
    outliving = [s for s in async_sides(failure.node) if s.outlives_its_loop]
    if not outliving:
        return None
    kept = outliving[0]
    arguments = f'scope="{kept.scope}", loop_scope="{kept.scope}"'
    fixture = _FIXTURE_REMEDY.format(arguments=arguments, name=kept.name)
    test = _TEST_REMEDY.format(scope=kept.scope)
    return Seen(f"{kept} is kept for longer than its loop", f"{fixture}, and {test}")


EXPLANATIONS = (
    Explanation(
        heading="got Future ... attached to a different loop",
        raised=(RuntimeError, ValueError),
        wordings=(
            r"attached to a different loop",
            r"^The future belongs to a different loop than the one specified",
            r"^futures are tied to different event loops$",
        ),
        cause="what is awaited was made on another event loop than the running one",
        remedy="make it in a fixture that has the loop scope of the test",
        look=_see_other_loop,
    ),
    Explanation(
        heading="is bound to a different event loop",
        raised=(RuntimeError,),
        wordings=(r"is bound to a different event loop$",),
        cause="it has waited on another event loop before, as in an earlier test",
        remedy="make it in the test, or in a fixture that has its loop scope",
        look=_see_other_loop,
    ),
    Explanation(
        heading="RuntimeError: Event loop is closed",
        raised=(RuntimeError,),
        wordings=(r"^Event loop is closed$",),
        cause="what is used was made on an event loop that has been closed since",
        remedy="close it, after the yield, in the fixture that opened it; or share the "
        "fixture and its loop: give both and the tests the same loop_scope",
        look=_see_closed_loop,
        is_often_handled=True,
    ),
    Explanation(
        heading="ScopeMismatch: You tried to access the function scoped fixture "
        "_function_scoped_runner with a ... scoped request object.",
        raised=(pytest.fail.Exception,),
        wordings=(r"^ScopeMismatch: .* fixture _\w+_scoped_runner with a \w+ scoped",),
        cause="an async fixture is kept for longer than the loop that it lives on",
        remedy="add the loop_scope that matches its scope, and to its tests as well",
        look=_see_short_loop,
    ),
)
