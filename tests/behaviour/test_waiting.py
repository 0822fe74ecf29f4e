"""Waiting until something is so: what is asked, how often, and what is said in vain."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import linecache
import math
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import AsyncMock, MagicMock

import pytest

from tests.utils.asyncio_helpers import settle, wait_until
from tests.utils.asyncio_support import given_predicate, waiting
from tests.utils.asyncio_support.between_turns import NAP
from tests.utils.asyncio_support.loop_turns import LoopTurns, turns_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COLOUR = contextvars.ContextVar("COLOUR", default="grey")
SOON = 0.01


def needed_turns() -> LoopTurns:
    """Return the turns of the loop; skip what only loops that show them can do."""
    turns = turns_of(asyncio.get_running_loop())
    if turns is None:
        pytest.skip("on this loop, predicates are asked now and then")
    return turns


class Worker:
    """Counts its turns."""

    def __init__(self) -> None:
        """Begin soon."""
        self.count = 0
        self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        for _ in range(100):
            self.count += 1
            await asyncio.sleep(0)

    def is_done(self) -> bool:
        """Tell whether the last turn was counted."""
        return self.has_counted(100)

    def has_counted(self, number: int) -> bool:
        """Tell whether it is there now."""
        return self.count == number


async def test_it_returns_the_first_true_value() -> None:
    """What is waited for is often what is needed next."""
    letters: list[str] = []
    asyncio.get_running_loop().call_soon(letters.append, "Dear Ada")

    letter = await wait_until(lambda: letters and letters[0])

    assert letter == "Dear Ada"


async def test_what_is_true_already_takes_no_turn() -> None:
    """Nobody is let run who could change it again."""
    worker = Worker()

    assert await wait_until(lambda: 42) == 42

    assert worker.count == 0
    await worker.task


async def test_a_method_is_a_predicate() -> None:
    """Many objects have one that tells what is wanted."""
    worker = Worker()

    await wait_until(worker.is_done)

    assert worker.count == 100


async def test_the_caller_goes_on_before_it_changes_again() -> None:
    """What was waited for can be asserted, whoever else is about to run."""
    needed_turns()
    worker = Worker()

    for count in (1, 3, 50):
        await wait_until(partial(worker.has_counted, count))
        assert worker.count == count

    await worker.task


async def test_those_that_wait_for_the_same_go_on_in_their_order() -> None:
    """As with a lock or an event, who came first is served first."""
    seen: list[tuple[str, int]] = []
    needed_turns()

    async def watch(name: str, worker: Worker) -> None:
        await wait_until(lambda: worker.count == 3)
        seen.append((name, worker.count))

    worker = Worker()
    names = ("first", "second", "third")
    await asyncio.gather(*(watch(name, worker) for name in names), worker.task)

    assert seen == [(name, 3) for name in names]


async def test_what_a_thread_changes_is_seen_though_it_does_not_wake_the_loop() -> None:
    """A library's thread sets an attribute, and no event."""
    done: list[int] = []
    thread = threading.Timer(SOON, done.append, [42])

    thread.start()
    assert await wait_until(lambda: done) == [42]

    thread.join()


async def test_a_loop_with_nothing_to_do_is_kept_at_rest() -> None:
    """It asks some 10 times, not 10,000 as if it did nothing else."""
    asked: list[int] = []

    with pytest.raises(TimeoutError):
        await wait_until(lambda: asked.append(1), 10 * NAP)

    assert 2 <= len(asked) <= 30


async def test_a_task_that_waits_so_counts_as_blocked() -> None:
    """Otherwise `settle` could not be used beside it."""
    opened: list[int] = []
    waiting_for_it = asyncio.create_task(wait_until(lambda: opened))

    await settle()
    assert not waiting_for_it.done()
    opened.append(1)

    assert await waiting_for_it == [1]


async def test_a_predicate_may_wake_somebody() -> None:
    """It should not, but then the loop does not wait before it runs them."""
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
    queue.put_nowait(1)
    asyncio.get_running_loop().call_later(3600, int).cancel()
    putting = asyncio.create_task(queue.put(2))
    taken: list[int] = []

    def take() -> bool:
        if not queue.empty():
            taken.append(queue.get_nowait())
        return len(taken) == 2

    await wait_until(take)

    await putting
    assert taken == [1, 2]


async def test_a_predicate_sees_the_context_of_its_caller() -> None:
    """As any function would that the caller calls."""
    COLOUR.set("green")
    seen: list[str] = []

    def look() -> bool:
        seen.append(COLOUR.get())
        return len(seen) == 3

    await wait_until(look)

    assert seen == ["green"] * 3


def boom_at(turn: int, error: BaseException) -> Callable[[], None]:
    """Make a predicate that fails when it is called for the so-and-so-manieth time."""
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        if len(calls) == turn:
            raise error

    return fail


@pytest.mark.parametrize("turn", [1, 2, 5])
async def test_an_error_of_the_predicate_is_raised_where_it_is_awaited(
    turn: int,
) -> None:
    """Not in the loop, which would end the run."""
    error = ValueError("boom")

    with pytest.raises(ValueError, match="boom") as raised:
        await wait_until(boom_at(turn, error))

    assert raised.value is error


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_failing_of_pytests_is_an_error_too(turn: int) -> None:
    """A predicate may know that there is nothing to wait for any more."""
    with pytest.raises(pytest.fail.Exception, match="gone"):
        await wait_until(boom_at(turn, pytest.fail.Exception("gone")))


@pytest.mark.parametrize("turn", [1, 2])
async def test_next_without_a_default_is_an_error_as_in_any_coroutine(
    turn: int,
) -> None:
    """A StopIteration must not pass for a result."""
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        await wait_until(boom_at(turn, StopIteration()))


def test_an_interruption_ends_the_run() -> None:
    """Ctrl-C is not the predicate's error."""
    predicate = boom_at(2, KeyboardInterrupt())

    async def interrupted() -> None:
        await wait_until(predicate)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(interrupted())


async def test_it_can_be_cancelled_and_leaves_nothing_behind() -> None:
    """Neither a timer, nor what looks at every turn."""
    turns = needed_turns()
    never = asyncio.create_task(wait_until(lambda: False))
    await asyncio.sleep(0)
    is_interfering = "select" in vars(turns.selector)

    never.cancel()
    await asyncio.wait({never})

    assert never.cancelled()
    assert is_interfering
    assert "select" not in vars(turns.selector)
    timers: list[asyncio.TimerHandle] = vars(turns.loop)["_scheduled"]
    assert all(timer.cancelled() for timer in timers)


def test_each_thread_may_wait_on_its_own_loop() -> None:
    """What looks at one loop knows nothing of the others."""
    results: list[int] = []

    async def wait() -> None:
        worker = Worker()
        await wait_until(worker.is_done)
        results.append(worker.count)
        await worker.task

    threads = [threading.Thread(target=asyncio.run, args=[wait()]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [100] * 3


# What is asked by awaiting


async def test_an_async_predicate_is_awaited_until_its_result_is_true() -> None:
    """What a server knows can be learnt in no other way."""
    ask = AsyncMock(side_effect=[None, 0, "ready"])

    assert await wait_until(ask) == "ready"

    assert ask.await_count == 3


async def test_a_lambda_may_become_async() -> None:
    """It asks only once there is somebody to ask."""
    connected: list[int] = []
    ping = AsyncMock(return_value="pong")
    asyncio.get_running_loop().call_soon(connected.append, 1)

    assert await wait_until(lambda: connected and ping()) == "pong"


async def test_a_task_is_a_value_and_not_awaited() -> None:
    """Whoever waits until there is one may not want it to end."""
    tasks: list[asyncio.Task[None]] = []
    endless = asyncio.create_task(asyncio.sleep(3600))
    asyncio.get_running_loop().call_soon(tasks.append, endless)

    found = await wait_until(lambda: tasks[0] if tasks else None)

    assert found is endless
    endless.cancel()
    await asyncio.wait({endless})


async def test_an_error_of_an_async_predicate_is_passed_on() -> None:
    """Its own TimeoutError included, which says something else."""
    with pytest.raises(TimeoutError, match="of the connection"):
        await wait_until(AsyncMock(side_effect=TimeoutError("of the connection")))


# In vain


def values_of(error: pytest.ExceptionInfo[BaseException], **values: object) -> bool:
    """Tell whether an error has the text for these values."""
    return str(error.value) == waiting.NOT_TRUE.format(limit=SOON, **values)


def line_of(text: str) -> str:
    """Say where a text stands in this file."""
    lines = inspect.getsource(inspect.getmodule(line_of) or waiting).splitlines()
    number = next(i for i, line in enumerate(lines, 1) if line.endswith(text))
    return f"{__file__}:{number}"


async def test_a_lambda_is_named_by_its_text_its_line_and_its_values() -> None:
    """So nobody has to add a print and run it again."""
    received = [1, 2]

    with pytest.raises(TimeoutError) as raised:
        await wait_until(lambda: len(received) == 3, SOON)  # of the lambda

    place = line_of("  # of the lambda")
    name = f"lambda: len(received) == 3 at {place}, where received = [1, 2],"
    assert values_of(raised, predicate=name, last="it was False at last")


async def test_a_lambda_on_several_lines_is_shown_on_one() -> None:
    """Formatters break them."""
    with pytest.raises(
        TimeoutError, match=r'lambda: \( COLOUR.* or COLOUR.* == "red" \) at '
    ):
        await wait_until(
            lambda: (
                COLOUR.get() == "blue"
                # the formatter leaves this alone
                or COLOUR.get() == "red"
            ),
            SOON,
        )


async def test_of_two_lambdas_on_a_line_the_line_is_shown() -> None:
    """Which of them it is, its reader can tell."""
    no, yes = (lambda: False), (lambda: True)  # on a line

    with pytest.raises(TimeoutError, match=r"no, yes = \(lambda: False\), \(lambda"):
        await wait_until(no, SOON)
    assert await wait_until(yes)


async def test_of_a_lambda_whose_file_was_edited_no_text_is_made_up(
    tmp_path: Path,
) -> None:
    """Its line may hold something else by now, or nothing."""
    file = tmp_path / "edited.py"
    code = compile("lambda: False", str(file), "eval")
    function = eval(code)  # noqa: S307 - our own text
    texts = {"broken": "lambda:", "gone": "", "moved": "# new\nlambda: False"}

    for name, text in texts.items():
        file.write_text(text, encoding="utf-8")
        linecache.checkcache(str(file))
        assert given_predicate.described(function) == f"a lambda at {file}:1", name


async def test_a_function_is_named_with_the_line_of_its_def() -> None:
    """Where its reader goes next."""
    with pytest.raises(TimeoutError) as raised:
        await wait_until(is_never, SOON)

    place = line_of("  # in is_never").rpartition(":")
    name = f"is_never at {place[0]}:{int(place[2]) - 1}"
    assert values_of(raised, predicate=name, last="it was None at last")


def is_never() -> None:
    """Never happens."""  # in is_never


@pytest.mark.parametrize(
    ("predicate", "name"),
    [
        pytest.param(partial(getattr, 0, "real"), "getattr", id="partial"),
        pytest.param(MagicMock(return_value=[]), "<MagicMock id=", id="mock"),
        pytest.param(AsyncMock(return_value=0), "<AsyncMock id=", id="async mock"),
        pytest.param([].copy, "list.copy", id="written in C"),
    ],
)
async def test_what_has_no_line_is_named_as_well_as_can_be(
    predicate: Any, name: str
) -> None:
    """There is nothing that cannot be named."""
    with pytest.raises(TimeoutError) as raised:
        await wait_until(predicate, SOON)

    assert str(raised.value).startswith(f"wait_until: {name}")
    assert " was not true within 0.01 seconds; it was " in str(raised.value)


async def test_a_variable_without_a_value_is_left_out() -> None:
    """The report of a failure must not fail."""
    here = 1

    def is_there() -> bool:
        return there == here

    assert given_predicate.described(is_there).endswith(", where here = 1,")
    there = 1
    assert given_predicate.described(is_there).endswith("here = 1, there = 1,")


async def test_of_an_async_predicate_the_line_that_it_waits_at_is_named() -> None:
    """It may never have answered at all."""

    async def ask() -> None:
        await asyncio.Event().wait()  # in ask

    with pytest.raises(TimeoutError) as raised:
        await wait_until(ask, SOON)

    assert f"; it was waiting at {line_of('  # in ask')} in " in str(raised.value)


async def test_an_async_predicate_that_answers_no_is_shown_to_have_done_so() -> None:
    """It did answer, so the line at which it waited before says nothing."""
    with pytest.raises(TimeoutError, match="; it was 0 at last"):
        await wait_until(AsyncMock(return_value=0), 3 * NAP)


async def test_the_error_is_caught_by_the_older_name_too() -> None:
    """Before Python 3.11, asyncio.TimeoutError is another class."""
    with pytest.raises(asyncio.TimeoutError):
        await wait_until(is_never, SOON)


async def test_it_is_asked_once_more_when_time_is_up() -> None:
    """What happens at the last moment has happened."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 2 * SOON

    assert await wait_until(lambda: loop.time() >= deadline, 2 * SOON)


async def test_a_limit_of_zero_lets_the_loop_do_what_it_can() -> None:
    """It is the shortest limit, not a refusal."""
    done: list[int] = []
    asyncio.get_running_loop().call_soon(done.append, 42)

    assert await wait_until(lambda: done, 0) == [42]
    with pytest.raises(TimeoutError):
        await wait_until(is_never, 0)


@pytest.mark.parametrize("limit", [None, math.inf])
async def test_there_may_be_no_limit(limit: float | None) -> None:
    """The suite's own one is enough for some."""
    worker = Worker()

    assert await wait_until(worker.is_done, limit)
    assert await wait_until(AsyncMock(side_effect=[0, 1]), limit)


# What is refused


@pytest.mark.parametrize("given", [False, None, [1]])
async def test_a_result_is_refused_where_a_function_was_meant(given: Any) -> None:
    """The lambda was forgotten: it would be true for ever, or never."""
    with pytest.raises(TypeError) as raised:
        await wait_until(given)

    assert str(raised.value) == given_predicate.CANNOT_BE_ASKED.format(given=given)


async def ready() -> bool:
    """Be so."""
    return True


async def test_a_coroutine_is_refused_and_closed() -> None:
    """It can be asked once; that nobody awaited it would be a second complaint."""
    coroutine = ready()

    with pytest.raises(TypeError, match="without its parentheses, as in"):
        await wait_until(cast("Any", coroutine))

    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


async def test_a_function_that_needs_arguments_is_not_called() -> None:
    """The text names what it lacks."""
    with pytest.raises(TypeError) as raised:
        await wait_until(cast("Any", values_of))

    assert str(raised.value) == given_predicate.NEEDS_ARGUMENTS.format(
        name="values_of", problem="missing a required argument: 'error'"
    )


@pytest.mark.parametrize(
    ("limit", "error"), [(-1, ValueError), (math.nan, ValueError), ("5", TypeError)]
)
async def test_a_bad_limit_is_refused_before_anything_is_asked(
    limit: Any, error: type[Exception]
) -> None:
    """The value is shown."""
    predicate = MagicMock()

    with pytest.raises(error) as raised:
        await wait_until(predicate, limit)

    assert str(raised.value).startswith(f"wait_until: timeout={limit!r} is not a")
    predicate.assert_not_called()
