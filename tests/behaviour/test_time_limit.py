"""A time limit: what may be given to it, what comes back, and what it says."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import math
import types
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest

from tests.utils.asyncio_helpers import run_with_timeout, run_with_timeout_asyncio
from tests.utils.asyncio_support import given_awaitable, limits, time_limit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

COLOUR = contextvars.ContextVar("COLOUR", default="grey")
SOON = 0.01


def line_of(text: str) -> str:
    """Say where a text stands in this file, as errors do."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, 1) if line.endswith(text))
    return f"{__file__}:{number} in "


async def answer() -> int:
    """Return at once."""
    return 42


async def for_ever() -> None:
    """Wait for what never happens."""
    await asyncio.Event().wait()  # in for_ever


class Ticket:
    """What can be awaited without being a coroutine."""

    def __await__(self) -> Generator[Any, None, int]:
        """Wait a turn."""
        yield from asyncio.sleep(0).__await__()
        return 42


class Both(Ticket):
    """What can be awaited and called."""

    def __call__(self) -> int:
        """Never happens."""
        raise AssertionError


class Service:
    """What has methods and can be called."""

    async def method(self) -> int:
        """Return at once."""
        return 42

    async def __call__(self) -> int:
        """Return at once."""
        return 42


@types.coroutine
def old_style() -> Generator[Any, None, int]:
    """Be a coroutine as they were before `async def`."""
    yield from asyncio.sleep(0).__await__()
    return 42


async def completed_soon() -> asyncio.Future[int]:
    """Make a future that another part of the program completes."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 42)
    return future


async def adding(one: int, other: int) -> int:
    """Add."""
    return one + other


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(answer, id="coroutine"),
        pytest.param(lambda: asyncio.ensure_future(answer()), id="task"),
        pytest.param(Ticket, id="object with __await__"),
        pytest.param(Both, id="awaitable and callable"),
        pytest.param(old_style, id="types.coroutine"),
        pytest.param(lambda: answer, id="async function"),
        pytest.param(lambda: lambda: adding(40, 2), id="lambda"),
        pytest.param(lambda: functools.partial(adding, 40, 2), id="partial"),
        pytest.param(lambda: Service().method, id="bound method"),
        pytest.param(Service, id="callable object"),
        pytest.param(lambda: Ticket, id="class of awaitables"),
        pytest.param(lambda: AsyncMock(return_value=42), id="AsyncMock"),
    ],
)
async def test_it_awaits_what_can_be_awaited_and_calls_the_rest(
    given: Callable[[], Any],
) -> None:
    """Nobody should have to remember whether the parentheses belong there."""
    assert await run_with_timeout(given()) == 42


async def test_it_awaits_a_future() -> None:
    """Which somebody else completes."""
    assert await run_with_timeout(await completed_soon()) == 42


async def test_it_calls_what_tells_no_signature() -> None:
    """Some callables written in C do not say which arguments they take."""

    class Unknown:
        @property
        def __signature__(self) -> None:
            message = "none"
            raise ValueError(message)

        def __call__(self) -> Awaitable[int]:
            return answer()

    assert await run_with_timeout(Unknown()) == 42


def test_the_older_name_is_the_same_function() -> None:
    """Suites that use it get every repair."""
    assert run_with_timeout_asyncio is run_with_timeout


async def test_what_can_be_neither_awaited_nor_called_is_named() -> None:
    """Such as a result where the coroutine was meant."""
    with pytest.raises(TypeError) as raised:
        await run_with_timeout(42)  # type: ignore[arg-type] # the mistake

    assert str(raised.value) == given_awaitable.NEITHER.format(given=42)


async def test_a_function_that_needs_arguments_is_not_called() -> None:
    """The text names the function and what it lacks."""
    with pytest.raises(TypeError) as raised:
        await run_with_timeout(adding)  # type: ignore[arg-type] # the mistake

    assert str(raised.value).startswith(
        "run_with_timeout calls adding without arguments, but: "
        "missing a required argument: 'one'."
    )


async def test_a_type_error_from_inside_a_function_is_its_own() -> None:
    """It is not taken for a wrong call."""

    async def buggy() -> None:
        message = "of its own"
        raise TypeError(message)

    with pytest.raises(TypeError, match=r"^of its own$"):
        await run_with_timeout(buggy)


async def test_a_function_that_returns_something_else_is_named() -> None:
    """Such as a sync function."""

    def sync() -> int:
        return 42

    with pytest.raises(TypeError) as raised:
        await run_with_timeout(sync)  # type: ignore[arg-type] # the mistake

    assert "<locals>.sync returned 42, which cannot be awaited." in str(raised.value)


BAD_LIMITS = [
    pytest.param(-1, ValueError, id="negative"),
    pytest.param(-math.inf, ValueError, id="minus infinity"),
    pytest.param(math.nan, ValueError, id="NaN"),
    pytest.param(True, TypeError, id="bool"),
    pytest.param("5", TypeError, id="text"),
    pytest.param(1j, TypeError, id="complex"),
]


@pytest.mark.parametrize(("limit", "error"), BAD_LIMITS)
async def test_a_bad_limit_is_refused_before_anything_runs(
    limit: Any, error: type[Exception]
) -> None:
    """The value is shown; a function is not called."""
    function = AsyncMock()

    with pytest.raises(error) as raised:
        await run_with_timeout(function, limit)

    assert str(raised.value).startswith(f"run_with_timeout: timeout={limit!r} is not")
    function.assert_not_called()


@pytest.mark.parametrize(("limit", "error"), BAD_LIMITS)
async def test_a_bad_limit_leaves_no_coroutine_that_was_never_awaited(
    limit: Any, error: type[Exception]
) -> None:
    """A second complaint, about the coroutine, would hide the first."""
    coroutine = for_ever()

    with pytest.raises(error):
        await run_with_timeout(coroutine, limit)

    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


@pytest.mark.parametrize("limit", [None, math.inf, Fraction(5), 5])
async def test_a_good_limit_may_be_any_number_or_none(limit: Any) -> None:
    """None and infinity do not limit."""
    assert await run_with_timeout(asyncio.sleep(0, 42), limit) == 42


def test_infinity_is_handed_to_no_timer() -> None:
    """Some loops, uvloop's for one, cannot count to it."""
    assert limits.limit_in_seconds(math.inf, "run_with_timeout") is None


async def test_a_limit_of_zero_lets_what_is_ready_through() -> None:
    """It is the shortest limit, not a refusal."""
    assert await run_with_timeout(answer(), 0) == 42
    with pytest.raises(TimeoutError):
        await run_with_timeout(for_ever(), 0)


async def test_an_error_is_passed_on_as_it_is() -> None:
    """With its own traceback."""
    boom = ValueError("boom")

    with pytest.raises(ValueError, match="boom") as raised:
        await run_with_timeout(AsyncMock(side_effect=boom))

    assert raised.value is boom


async def test_a_timeout_error_of_the_code_itself_is_passed_on() -> None:
    """A connection that timed out is not a test that did."""
    own = TimeoutError("of the connection")

    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(AsyncMock(side_effect=own))

    assert raised.value is own


async def test_a_task_that_cancels_itself_is_not_taken_for_a_timeout() -> None:
    """Its CancelledError is passed on, as by a plain await."""
    task = asyncio.ensure_future(for_ever())
    asyncio.get_running_loop().call_soon(task.cancel)

    with pytest.raises(asyncio.CancelledError):
        await run_with_timeout(task)


async def test_on_expiry_it_is_cancelled_and_waited_for() -> None:
    """When the error arrives nothing runs any more."""
    events: list[str] = []

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            events.append("cancelled")
            await asyncio.sleep(0)
            events.append("said goodbye")

    with pytest.raises(TimeoutError):
        await run_with_timeout(worker, SOON)

    assert events == ["cancelled", "said goodbye"]


async def test_the_error_is_caught_by_the_older_name_too() -> None:
    """Before Python 3.11, asyncio.TimeoutError is another class."""
    with pytest.raises(asyncio.TimeoutError):
        await run_with_timeout(for_ever, SOON)


async def test_the_error_names_what_was_awaited_the_limit_and_the_line() -> None:
    """What the reader wants to know first."""
    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(for_ever(), SOON)

    assert str(raised.value) == time_limit.TIMED_OUT.format(
        name="for_ever",
        limit=0.01,
        place=line_of("  # in for_ever") + "for_ever (in asyncio.Event.wait)",
    )


async def through_a_task() -> None:
    """Await a task that awaits."""
    await asyncio.ensure_future(for_ever())


async def through_a_group() -> None:
    """Await several at once, of which one is done."""
    await asyncio.gather(answer(), for_ever())


async def endless() -> AsyncGenerator[None, None]:
    """Wait for what never happens, then produce it."""
    await for_ever()
    yield


async def through_a_generator() -> None:
    """Wait inside an async generator."""
    async for _ in endless():
        raise AssertionError


class Through:
    """Wait inside `__await__`."""

    def __await__(self) -> Generator[Any, None, None]:
        """Wait."""
        return (yield from for_ever().__await__())


async def through_a_comprehension() -> None:
    """Wait inside a nested coroutine."""
    assert [await call() for call in (for_ever,)] == []  # type: ignore[func-returns-value] # it returns never


@pytest.mark.parametrize(
    "route",
    [
        through_a_task,
        through_a_group,
        through_a_generator,
        Through,
        through_a_comprehension,
        functools.partial(through_a_task),
        AsyncMock(side_effect=for_ever),
    ],
)
async def test_the_line_is_the_innermost_one(route: Any) -> None:
    """However many tasks and generators lie between."""
    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(route, SOON)

    assert line_of("  # in for_ever") + "for_ever" in str(raised.value)


async def test_of_a_task_its_name_and_coroutine_are_named() -> None:
    """As its owner has called it."""
    task = asyncio.create_task(for_ever(), name="poller")

    with pytest.raises(TimeoutError, match=r"^task 'poller' \(for_ever\) did not"):
        await run_with_timeout(task, SOON)

    assert task.cancelled()


async def test_where_nothing_has_a_line_it_is_the_callers() -> None:
    """Of a bare future, nobody else's is known."""
    future = asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(future, SOON)  # of the bare future

    assert str(raised.value).startswith("<Future pending")
    assert f"at {line_of('  # of the bare future')}test_where" in str(raised.value)


async def test_inside_a_library_the_line_is_the_callers() -> None:
    """Nobody debugs asyncio."""
    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(asyncio.sleep(60), SOON)  # of the sleep

    assert f"at {line_of('  # of the sleep')}test_inside" in str(raised.value)
    assert "(in asyncio.sleep)" in str(raised.value)


async def test_of_several_library_functions_the_one_that_was_called_is_named() -> None:
    """What it called in turn is its own affair."""

    async def guarded() -> None:
        await asyncio.wait_for(asyncio.Event().wait(), 60)

    with pytest.raises(TimeoutError, match=r"guarded \(in asyncio.wait_for\)"):
        await run_with_timeout(guarded, SOON)


async def test_of_a_partial_the_function_is_named() -> None:
    """Its own text would be long, and hold addresses."""
    limited = functools.partial(asyncio.sleep, 60)

    with pytest.raises(TimeoutError, match=r"^sleep did not finish within"):
        await run_with_timeout(limited, SOON)


async def test_an_error_of_the_clean_up_is_the_cause() -> None:
    """Both happened; both are shown."""
    boom = ValueError("boom")

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            raise boom

    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(worker, SOON)

    assert raised.value.__cause__ is boom


async def test_a_value_returned_after_the_limit_comes_too_late() -> None:
    """A limit is a limit."""

    async def too_late() -> int:
        with suppress(asyncio.CancelledError):
            await for_ever()
        return 42

    with pytest.raises(TimeoutError):
        await run_with_timeout(too_late, SOON)


async def stubborn(released: asyncio.Event) -> None:
    """Swallow every cancellation until released."""
    while not released.is_set():
        with suppress(asyncio.CancelledError):
            await released.wait()


async def test_what_ignores_its_cancellation_cannot_hang_the_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is left behind, and said to be."""
    monkeypatch.setattr(time_limit, "CANCELLATION_LIMIT", SOON)
    released = asyncio.Event()
    task = asyncio.ensure_future(stubborn(released))

    with pytest.raises(TimeoutError) as raised:
        await run_with_timeout(task, SOON)

    released.set()
    await task
    assert str(raised.value).endswith(time_limit.STILL_RUNNING)


async def cancel_soon(task: asyncio.Task[Any]) -> None:
    """Cancel a task that waits by now, and wait for its end."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})


async def test_a_cancellation_from_outside_is_passed_on() -> None:
    """To what is awaited, then to the caller: it is no timeout."""
    events: list[str] = []

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            await asyncio.sleep(0)
            events.append("said goodbye")

    caller = asyncio.ensure_future(run_with_timeout(worker))
    await cancel_soon(caller)

    assert caller.cancelled()
    assert events == ["said goodbye"]


async def test_a_cancellation_from_outside_is_passed_on_despite_a_value() -> None:
    """What is awaited has no say in whether the caller is cancelled."""

    async def swallowing() -> int:
        with suppress(asyncio.CancelledError):
            await for_ever()
        return 42

    caller = asyncio.ensure_future(run_with_timeout(swallowing))
    await cancel_soon(caller)

    assert caller.cancelled()


async def test_an_error_during_a_cancellation_from_outside_is_not_lost() -> None:
    """As with a plain await, it takes the place of the cancellation."""

    async def failing() -> None:
        try:
            await for_ever()
        finally:
            message = "boom"
            raise ValueError(message)

    caller = asyncio.ensure_future(run_with_timeout(failing))
    await cancel_soon(caller)

    assert repr(caller.exception()) == "ValueError('boom')"


async def test_a_cancellation_from_outside_cannot_be_hung_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A test that is being ended ends."""
    monkeypatch.setattr(time_limit, "CANCELLATION_LIMIT", SOON)
    released = asyncio.Event()
    task = asyncio.ensure_future(stubborn(released))
    caller = asyncio.ensure_future(run_with_timeout(task))

    await cancel_soon(caller)

    released.set()
    await task
    assert caller.cancelled()


async def test_a_cancellation_from_outside_wins_over_the_expiry() -> None:
    """Also when it arrives while the expired thing is still cleaning up."""
    cleaning_up = asyncio.Event()

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            cleaning_up.set()
            await for_ever()

    caller = asyncio.ensure_future(run_with_timeout(worker, SOON))
    await cleaning_up.wait()
    caller.cancel()
    await asyncio.wait({caller})

    assert caller.cancelled()


async def test_context_variables_set_inside_are_set_for_the_caller() -> None:
    """As after a plain await, on every Python."""

    async def paint() -> None:
        COLOUR.set("blue")

    await run_with_timeout(paint)

    assert COLOUR.get() == "blue"


async def test_context_variables_of_the_caller_are_seen_inside() -> None:
    """And those that nobody changed stay as they are."""
    COLOUR.set("red")

    async def look() -> str:
        return COLOUR.get()

    assert await run_with_timeout(look) == "red"
    assert COLOUR.get() == "red"


async def test_a_task_can_be_kept_by_shielding_it() -> None:
    """What the docstring recommends works."""
    released = asyncio.Event()
    task = asyncio.ensure_future(released.wait())

    with pytest.raises(TimeoutError):
        await run_with_timeout(asyncio.shield(task), SOON)

    released.set()
    assert await task


def test_a_sync_test_can_use_it_on_its_loop(
    standard_event_loop: asyncio.AbstractEventLoop,
) -> None:
    """The line is then that of the sync test."""
    limited = run_with_timeout(asyncio.sleep(60), SOON)

    with pytest.raises(TimeoutError) as raised:
        standard_event_loop.run_until_complete(limited)  # of the sync test

    assert f"at {line_of('  # of the sync test')}test_a_sync" in str(raised.value)
