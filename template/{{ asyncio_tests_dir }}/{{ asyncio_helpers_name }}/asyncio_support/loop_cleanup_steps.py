"""The steps of `cleanup_event_loop`, each limited in time, with what failed in them."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from types import FrameType
from typing import cast

from .naming import coroutine_of, name_of
from .waiting_place import running_place, waiting_place

TASK_NOT_ENDED = (
    "{what} did not end within {seconds:g} seconds of being cancelled; it is at "
    "{place}. Let asyncio.CancelledError out of it: re-raise it where it is caught."
)
GENERATOR_NOT_CLOSED = (
    "{what} did not close within {seconds:g} seconds; it is at {place}. "
    "Make its clean-up end sooner, or close it in the test: `await generator.aclose()`."
)
JOB_NOT_ENDED = (
    "{what} did not end within {seconds:g} seconds; it is at {place}. "
    "Tell it to stop before the test ends, since a thread cannot be cancelled."
)

# Seconds for each step. Enough for a connection to say goodbye on a busy machine, and
# no more than a person waits for gladly.
STEP_LIMIT = 5.0


class LoopCleanup:
    """One clean-up of one loop.

    Attributes:
        failures: What failed so far, each once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare; nothing happens to the loop yet."""
        self.failures: list[BaseException] = []
        self._loop = loop
        # The steps themselves, and what is given up.
        self._left_alone: set[asyncio.Task[object]] = set()

    def run(self) -> None:
        """Take all steps, whatever fails in one of them; the loop stays open."""
        handler = self._loop.get_exception_handler()
        self._loop.set_exception_handler(self._on_loop_error)
        try:
            self._take(self._cancel_tasks())
            self._take(self._close_generators())
            self._take(self._cancel_tasks())  # those that the generators left behind
            self._take(self._end_executor())
        finally:
            self._close_coroutines()
            self._close_coroutines()  # of tasks that the first ones started meanwhile
            self._loop.set_exception_handler(handler)

    def _take(self, step: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(step)
        self._left_alone.add(task)
        self._attempt(self._loop.run_until_complete, task)

    def _attempt(self, action: Callable[..., object], *arguments: object) -> None:
        try:
            action(*arguments)
        except Exception as error:  # noqa: BLE001 - reported with the others
            self._add(error)

    def _close_coroutines(self) -> None:
        """Let `finally` blocks run now, not in the test where the collector comes."""
        for task in asyncio.all_tasks(self._loop):
            coroutine = cast("Coroutine[object, object, object]", coroutine_of(task))
            self._attempt(coroutine.close)

    def _add(self, failure: BaseException) -> None:
        if not any(failure is known for known in self.failures):
            self.failures.append(failure)

    def _add_unended(self, text: str, what: str, place: str) -> None:
        text = text.format(what=what, seconds=STEP_LIMIT, place=place)
        self._add(RuntimeError(text))

    def _on_loop_error(
        self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, object]
    ) -> None:
        error = context.get("exception")
        if not isinstance(error, BaseException):
            # Such as `Task was destroyed but it is pending!`, with the task beside it.
            error = RuntimeError(", ".join(f"{k}: {v}" for k, v in context.items()))
        self._add(error)

    def _pending(self) -> set[asyncio.Task[object]]:
        return asyncio.all_tasks(self._loop) - self._left_alone

    async def _cancel_tasks(self) -> None:
        """Cancel until none is left, since a cancelled task may start others."""
        deadline = self._loop.time() + STEP_LIMIT
        while (pending := self._pending()) and self._loop.time() < deadline:
            for task in pending:
                task.cancel()
            limit = deadline - self._loop.time()
            ended, _ = await asyncio.wait(pending, timeout=limit)
            self._add_errors(ended)
        self._left_alone |= pending
        for task in pending:
            self._add_unended(TASK_NOT_ENDED, name_of(task), waiting_place(task))

    def _add_errors(self, ended: Iterable[asyncio.Task[object]]) -> None:
        for task in ended:
            if not task.cancelled() and (error := task.exception()):
                self._add(error)

    async def _close_generators(self) -> None:
        closing = asyncio.ensure_future(self._loop.shutdown_asyncgens())
        await asyncio.wait({closing}, timeout=STEP_LIMIT)
        if not closing.done():
            self._left_alone.add(closing)
            for task in self._pending():
                place = waiting_place(task)
                self._add_unended(GENERATOR_NOT_CLOSED, "An async generator", place)

    async def _end_executor(self) -> None:
        # `shutdown_default_executor()` has no limit before Python 3.12, and one that
        # does not hold in the first 3.12s.
        executor = getattr(self._loop, "_default_executor", None)
        if executor is None:  # none was used, or the loop does not show it
            await self._loop.shutdown_default_executor()
            return
        ended = self._loop.create_future()

        def end() -> None:
            executor.shutdown(wait=True)
            with suppress(RuntimeError):  # closed: nobody waits any more
                self._loop.call_soon_threadsafe(ended.set_result, None)

        threading.Thread(target=end, daemon=True).start()
        await asyncio.wait({ended}, timeout=STEP_LIMIT)
        if not ended.done():
            self._add_jobs(getattr(executor, "_threads", ()))

    def _add_jobs(self, threads: Iterable[threading.Thread]) -> None:
        # Other Pythons than CPython may not show where a thread is.
        frames = getattr(sys, "_current_frames", dict[int, FrameType])()
        for thread in threads:
            if thread.is_alive():
                place = running_place(frames.get(thread.ident or 0))
                self._add_unended(JOB_NOT_ENDED, "An executor job", place)
