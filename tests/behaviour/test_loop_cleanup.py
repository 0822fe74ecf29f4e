"""Ending a loop: everything on it ends, everything that fails is raised."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.utils.asyncio_helpers import cleanup_event_loop, configure_test_event_loop
from tests.utils.asyncio_support import loop_cleanup_steps
from tests.utils.asyncio_support.current_loop import current_event_loop
from tests.utils.asyncio_support.loop_cleanup import (
    LOOP_IS_RUNNING,
    EventLoopCleanupError,
)
from tests.utils.asyncio_support.waiting_place import waiting_place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

HERE = Path(__file__).name


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A current loop, which the test ends."""
    loop = configure_test_event_loop()
    yield loop
    assert loop.is_closed()
    asyncio.set_event_loop(None)


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would not end is given up after a moment, not after seconds."""
    monkeypatch.setattr(loop_cleanup_steps, "STEP_LIMIT", 0.05)


def start(loop: asyncio.AbstractEventLoop, coroutine: Any) -> asyncio.Task[Any]:
    """Start a task and let it run up to its first wait."""
    task = loop.create_task(coroutine)
    loop.run_until_complete(asyncio.sleep(0))
    return task


async def begin(generator: AsyncGenerator[Any, None]) -> None:
    """Run an async generator up to its first `yield`; now its loop knows it."""
    await generator.__anext__()


def line_of(text: str) -> str:
    """Say where a text stands in this file, as errors do."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return f"{HERE}:{next(i for i, line in enumerate(lines, 1) if text in line)} "


async def for_ever(*_: object) -> None:
    """Wait for what never happens; a timer keeps the task from the collector."""
    await asyncio.sleep(3600)  # in for_ever


def test_pending_tasks_are_cancelled_and_waited_for(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A `finally` that awaits gets to its end."""
    events: list[str] = []

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            events.append("cancelled")
            await asyncio.sleep(0)
            events.append("said goodbye")

    task = start(loop, worker())
    cleanup_event_loop(loop)

    assert events == ["cancelled", "said goodbye"]
    assert task.cancelled()


def test_tasks_started_during_the_cancellation_of_others_end_too(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A supervisor that restarts its workers is no way around the clean-up."""
    started: list[asyncio.Task[None]] = []

    async def restarted(times: int) -> None:
        try:
            await for_ever()
        finally:
            if times:
                started.append(asyncio.ensure_future(restarted(times - 1)))
                await asyncio.sleep(0)

    start(loop, restarted(3))
    cleanup_event_loop(loop)

    assert [task.cancelled() for task in started] == [True, True, True]


def test_async_generators_are_closed(loop: asyncio.AbstractEventLoop) -> None:
    """One that was left half-way runs its `finally` on its own loop."""
    events: list[str] = []

    async def ticks() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            events.append("closed")

    generator = ticks()
    loop.run_until_complete(begin(generator))
    cleanup_event_loop(loop)

    assert events == ["closed"]


def test_a_task_in_the_middle_of_an_async_generator_ends_first(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A generator that is running cannot be closed."""
    events: list[str] = []

    async def ticks() -> AsyncGenerator[int, None]:
        try:
            await for_ever()
            yield 1
        finally:
            events.append("closed")

    async def listener(source: AsyncGenerator[int, None]) -> None:
        events.extend([f"tick {tick}" async for tick in source])

    generator = ticks()
    start(loop, listener(generator))
    cleanup_event_loop(loop)

    assert events == ["closed"]


def test_the_executor_is_joined(loop: asyncio.AbstractEventLoop) -> None:
    """No thread of this test's outlives it, not even an idle one."""
    worker = loop.run_until_complete(
        loop.run_in_executor(None, threading.current_thread)
    )

    cleanup_event_loop(loop)

    assert not worker.is_alive()


def test_an_executor_job_may_need_the_loop_to_end(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The loop runs while the jobs are waited for, so no deadlock arises."""
    answers: list[int] = []

    async def answer() -> int:
        return 42

    def job(released: threading.Event) -> None:
        released.wait()
        answers.append(asyncio.run_coroutine_threadsafe(answer(), loop).result())

    async def release_when_cancelled(released: threading.Event) -> None:
        try:
            await for_ever()
        finally:
            loop.call_soon(released.set)

    released = threading.Event()
    loop.run_in_executor(None, job, released)
    start(loop, release_when_cancelled(released))
    cleanup_event_loop(loop)

    assert answers == [42]


def test_no_closed_loop_stays_current(loop: asyncio.AbstractEventLoop) -> None:
    """`Event loop is closed` in the next test begins here."""
    cleanup_event_loop(loop)

    assert current_event_loop() is None


def test_another_loop_that_is_current_stays_current(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Ending a loop is nobody else's business."""
    other = configure_test_event_loop()

    cleanup_event_loop(loop)

    kept = current_event_loop()
    cleanup_event_loop(other)
    assert kept is other


def test_cleaning_up_twice_is_harmless(loop: asyncio.AbstractEventLoop) -> None:
    """A `finally` need not know whether somebody was there before."""
    cleanup_event_loop(loop)
    cleanup_event_loop(loop)

    assert loop.is_closed()


def test_a_closed_loop_that_is_current_is_forgotten(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Also when somebody else has closed it."""
    loop.close()

    cleanup_event_loop(loop)

    assert current_event_loop() is None


def test_a_running_loop_is_refused_and_left_alone(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """From inside, a loop cannot wait for its own end."""

    async def inside() -> str:
        with pytest.raises(RuntimeError) as refused:
            cleanup_event_loop(loop)
        await asyncio.sleep(0)
        return str(refused.value)

    assert loop.run_until_complete(inside()) == LOOP_IS_RUNNING
    cleanup_event_loop(loop)


def test_no_loop_is_cleaned_up_while_another_one_runs(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A thread runs one loop at a time; asyncio's own words for it say less."""

    async def inside() -> str:
        with pytest.raises(RuntimeError) as refused:
            cleanup_event_loop(loop)
        return str(refused.value)

    assert asyncio.run(inside()) == LOOP_IS_RUNNING
    cleanup_event_loop(loop)


def test_a_loop_that_runs_in_another_thread_is_refused(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """It is not this thread's to close, though here none runs."""
    asyncio.set_event_loop(None)
    ready = threading.Event()
    loop.call_soon(ready.set)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    ready.wait()

    with pytest.raises(RuntimeError) as refused:
        cleanup_event_loop(loop)

    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    cleanup_event_loop(loop)
    assert str(refused.value) == LOOP_IS_RUNNING


def test_what_a_task_raises_when_cancelled_is_raised_itself(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """One failure keeps its type and its traceback."""
    boom = ValueError("boom")

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            raise boom

    task = start(loop, worker())
    with pytest.raises(ValueError, match="boom") as raised:
        cleanup_event_loop(loop)

    assert raised.value is boom
    assert task.done(), "nobody but its owner and the clean-up knows of the error"


def test_one_error_seen_by_two_tasks_is_one_failure(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A task that awaits another one ends with the same error."""

    async def worker() -> None:
        try:
            await for_ever()
        finally:
            message = "boom"
            raise ValueError(message)

    async def waits_for(task: asyncio.Task[None]) -> None:
        await task

    start(loop, waits_for(start(loop, worker())))
    with pytest.raises(ValueError, match="boom"):
        cleanup_event_loop(loop)


def test_several_failures_are_raised_together_after_everything_was_cleaned_up(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The first failure hides neither the others nor what was left to do."""

    async def raises_when_cancelled(error: Exception) -> None:
        try:
            await for_ever()
        finally:
            raise error

    async def raises_when_closed(error: Exception) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            raise error

    def raises_in_a_callback(error: Exception) -> None:
        raise error

    errors = [ValueError("task"), KeyError("callback"), OSError("generator")]
    start(loop, raises_when_cancelled(errors[0]))
    generator = raises_when_closed(errors[2])
    loop.run_until_complete(begin(generator))
    loop.call_soon(raises_in_a_callback, errors[1])
    with pytest.raises(EventLoopCleanupError) as raised:
        cleanup_event_loop(loop)

    assert set(raised.value.exceptions) == set(errors)
    lines = str(raised.value).splitlines()
    assert lines[0] == "3 failures while an event loop was cleaned up:"
    assert sorted(lines[1:]) == [
        "- KeyError: 'callback'",
        "- OSError: generator",
        "- ValueError: task",
    ]


def test_what_the_loop_only_reports_is_raised(loop: asyncio.AbstractEventLoop) -> None:
    """A report without an exception is a failure too, not only a line in a log."""
    context = {"message": "something is off", "handle": "of a timer"}
    loop.call_soon(loop.call_exception_handler, context)

    with pytest.raises(RuntimeError, match="something is off, handle: of a timer"):
        cleanup_event_loop(loop)


def test_the_loops_own_exception_handler_is_back_afterwards(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """What the collector finds later is asyncio's to report."""

    def handler(*_: object) -> None:
        raise AssertionError

    loop.set_exception_handler(handler)
    cleanup_event_loop(loop)

    assert loop.get_exception_handler() is handler


def test_a_callback_that_stops_the_loop_does_not_stop_the_clean_up(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """It is reported, and the rest ends all the same."""
    task = start(loop, for_ever())
    loop.call_soon(loop.stop)

    with pytest.raises(RuntimeError, match="stopped before Future completed"):
        cleanup_event_loop(loop)

    assert task.cancelled()


def test_an_interrupt_still_closes_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Ctrl-C is passed on at once, yet leaves no closed loop current."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    loop.call_soon(interrupt)
    with pytest.raises(KeyboardInterrupt):
        cleanup_event_loop(loop)

    assert current_event_loop() is None


@pytest.mark.usefixtures("short_steps")
def test_a_task_that_swallows_its_cancellation_is_given_up_and_named(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The clean-up that hangs would be worse than the leak that it finds."""
    events: list[str] = []

    async def stubborn() -> None:
        try:
            while True:
                with suppress(asyncio.CancelledError):
                    await for_ever()
        finally:
            events.append("closed")

    task = start(loop, stubborn())
    task.set_name("mule")
    with pytest.raises(RuntimeError) as raised:
        cleanup_event_loop(loop)

    text = str(raised.value)
    assert text.startswith("task 'mule' (test_a_task_that_swallows_its_cancellation")
    assert "stubborn) did not end within 0.05 seconds of being cancelled" in text
    assert line_of("# in for_ever") in text
    assert events == ["closed"]


@pytest.mark.usefixtures("short_steps")
def test_a_task_that_restarts_itself_for_ever_is_given_up(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The limit is for all rounds of cancelling together."""

    async def hydra() -> None:
        try:
            await for_ever()
        finally:
            asyncio.ensure_future(hydra()).set_name("another head")

    start(loop, hydra())
    with pytest.raises(RuntimeError, match=r"task 'another head'.*hydra"):
        cleanup_event_loop(loop)


def test_tasks_that_wait_for_each_other_cannot_hang(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """They cannot even be cancelled: asyncio passes the request round and round."""
    tasks: list[asyncio.Task[None]] = []

    async def waits_for(other: int) -> None:
        await tasks[other]  # of the circle

    tasks += [loop.create_task(waits_for(1)), loop.create_task(waits_for(0))]
    loop.run_until_complete(asyncio.sleep(0))
    place = waiting_place(tasks[0])
    with pytest.raises(RuntimeError):
        cleanup_event_loop(loop)

    assert line_of("# of the circle") in place


@pytest.mark.usefixtures("short_steps")
def test_what_a_task_that_is_given_up_raises_is_not_lost(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Its `finally` runs now, not in whichever test the garbage is collected."""

    async def stubborn() -> None:
        try:
            while True:
                with suppress(asyncio.CancelledError):
                    await for_ever()
        finally:
            message = "boom"
            raise ValueError(message)

    start(loop, stubborn())
    with pytest.raises(EventLoopCleanupError) as raised:
        cleanup_event_loop(loop)

    kinds = [type(error) for error in raised.value.exceptions]
    assert kinds == [RuntimeError, ValueError]


async def waits_in_its_finally() -> AsyncGenerator[None, None]:
    """Hang when closed, until cancelled."""
    try:
        yield
    finally:
        await asyncio.Event().wait()  # where the generator waits


async def swallows_in_its_finally() -> AsyncGenerator[None, None]:
    """Hang when closed, even when cancelled."""
    try:
        yield
    finally:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()


@pytest.mark.usefixtures("short_steps")
def test_an_async_generator_that_does_not_close_is_named(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """By itself, asyncio would wait for it without a limit."""
    generator = waits_in_its_finally()
    loop.run_until_complete(begin(generator))

    with pytest.raises(RuntimeError) as raised:
        cleanup_event_loop(loop)

    text = str(raised.value)
    assert text.startswith("An async generator did not close within 0.05 seconds")
    place = line_of("# where the generator waits")
    assert f"{place}in waits_in_its_finally (in asyncio.Event.wait)" in text


@pytest.mark.usefixtures("short_steps")
def test_an_async_generator_that_swallows_its_cancellation_cannot_hang(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """It is given up like a task."""
    generator = swallows_in_its_finally()
    loop.run_until_complete(begin(generator))

    with pytest.raises(EventLoopCleanupError, match="did not end within"):
        cleanup_event_loop(loop)


@pytest.mark.usefixtures("short_steps")
def test_an_executor_job_that_does_not_end_is_named(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A thread cannot be killed, but the test can be told which line it is at."""
    started, released = threading.Event(), threading.Event()
    workers: list[threading.Thread] = []

    def endless() -> None:
        workers.append(threading.current_thread())
        started.set()
        released.wait()  # where the job is

    loop.run_in_executor(None, endless)
    started.wait()
    with pytest.raises(RuntimeError) as raised:
        cleanup_event_loop(loop)

    released.set()
    workers[0].join()
    text = str(raised.value)
    assert text.startswith("An executor job did not end within 0.05 seconds")
    assert f"{line_of('# where the job is')}in endless (in threading.wait)" in text


@pytest.mark.usefixtures("short_steps")
def test_idle_threads_of_the_executor_are_no_failure(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Only the job that still runs is; the thread beside it has ended."""
    released = threading.Event()
    both_there = threading.Barrier(3)

    def job(wait: Callable[[], object]) -> threading.Thread:
        both_there.wait()
        wait()
        return threading.current_thread()

    loop.run_in_executor(None, job, released.wait)
    brief = loop.run_in_executor(None, job, bool)
    both_there.wait()
    loop.run_until_complete(brief)
    with pytest.raises(RuntimeError) as raised:
        cleanup_event_loop(loop)

    released.set()
    assert not isinstance(raised.value, EventLoopCleanupError)
