"""Messages of code that calls an async function and does not await it."""

import inspect
import re

from .calls import place_of_call
from .explanation import Explanation, Failure, Seen
from .loop_scopes import fixture_place, is_async
from .places import function_of

# What pytest and unittest call themselves, and do not await.
_XUNIT = re.compile(r"(setup|teardown)(_\w+)?|(setUp|tearDown)\w*")
_TEST_CASE_REMEDY = "derive the class from unittest.IsolatedAsyncioTestCase"
# Left behind by asyncio and pytest-asyncio, where something else has failed.
_OTHERS = ("BaseEventLoop.", "_wrap_async", "_synchronize_")
_COROUTINE = r"'?(coroutine|async_generator)'?"


def _is_of_user(failure: Failure) -> bool:
    return not failure.match["name"].startswith(_OTHERS)


def _see_unawaited_call(failure: Failure) -> Seen | None:
    name = failure.match["name"].rpartition(".")[2]
    if name == "_execute_mock_call":
        return Seen("an AsyncMock was called, and what it returned was not awaited")
    if _XUNIT.fullmatch(name):
        cause = f"pytest calls {failure.match['name']!r} without awaiting it"
        return Seen(cause, "make it an async fixture with autouse=True")
    if name == getattr(function_of(failure.node), "__name__", None):
        return _see_unawaited_test(failure)
    where = place_of_call(name, failure.node)
    return Seen(f"{where} calls {name}() without `await`") if where else None


def _see_unawaited_test(failure: Failure) -> Seen:
    cause = f"{failure.place} is async, and unittest.TestCase awaits none of its tests"
    return Seen(cause, _TEST_CASE_REMEDY)


def _is_async_test(failure: Failure) -> bool:
    function = function_of(failure.node)
    return function is not None and is_async(function)


def _see_coroutine(failure: Failure) -> Seen:
    """Tell a fixture that nothing ran from a call that nothing awaits."""
    values: dict[str, object] = getattr(failure.node, "funcargs", None) or {}
    for name, value in values.items():
        if inspect.iscoroutine(value) or inspect.isasyncgen(value):
            made = f"the fixture {name!r}, {fixture_place(name, failure.node)},"
            cause = f"{made} gives a coroutine that nothing has run"
            remedy = f"define {name!r} with `async def` and @pytest_asyncio.fixture"
            return Seen(f"{cause}; {failure.place} uses it", remedy)
    if "async_generator" in failure.match.group():
        cause = f"{failure.place} uses an async generator in place of what it yields"
        return Seen(cause, "loop over it with `async for`")
    return Seen(f"{failure.place} uses a coroutine in place of what it would return")


EXPLANATIONS = (
    Explanation(
        heading="RuntimeWarning: coroutine '...' was never awaited",
        raised=(RuntimeWarning,),
        wordings=(r"^coroutine (method )?'(?P<name>[^']+)'.* was never awaited",),
        cause="this test, or one right before it, calls an async function without "
        "`await`, which runs nothing of it",
        remedy="add the `await`",
        look=_see_unawaited_call,
        concerns=_is_of_user,
    ),
    Explanation(
        heading="AttributeError: 'coroutine' object has no attribute '...'",
        raised=(AttributeError, TypeError),
        wordings=(
            rf"^{_COROUTINE} object (has no attribute|is not|does not support)",
            r"^(object|argument) of type 'coroutine'",
            r"^'async for' requires .* got coroutine$",
            r"^cannot unpack non-iterable coroutine object$",
            r"^(unsupported operand|bad operand|'.+' not supported) .*'coroutine'",
        ),
        cause="a coroutine is used in place of what it would return",
        remedy="await the call first, as in `(await call()).attribute`",
        look=_see_coroutine,
    ),
    Explanation(
        heading="It is deprecated to return a value that is not None from a test case",
        raised=(DeprecationWarning,),
        wordings=(r"^It is deprecated to return a value that is not None from a test",),
        cause="an async method of a unittest.TestCase never runs",
        remedy=_TEST_CASE_REMEDY,
        look=_see_unawaited_test,
        concerns=_is_async_test,
    ),
)
