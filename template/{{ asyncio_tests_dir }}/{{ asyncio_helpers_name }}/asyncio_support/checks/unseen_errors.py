"""Errors that nobody sees: asyncio logs them, or not even that.

asyncio hands them to `loop.call_exception_handler`. A handler that the user has set is
taken to know what it does with them; the default one only logs. Code of the user's that
calls it by itself, as a library may do for its own users, has seen the error.
"""

import asyncio
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, cast

from ..naming import coroutine_of, name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import owner_of_task
from ..safety_net.patching import Patches
from ..safety_net.places import place_of_error, place_of_origin
from ..safety_net.private_names import forget_error
from ..user_code import is_users
from ..waiting_place import waiting_place

_SECTION = "Errors that nobody sees"
TASK_FAILED_UNSEEN = Check(
    "task_failed_unseen",
    "a task raised an error, and nothing awaited it or asked for its result",
    "keep the task and await it, or start it in an asyncio.TaskGroup",
    _SECTION,
)
CALLBACK_FAILED = Check(
    "callback_failed",
    "a callback of the loop raised an error, which asyncio only logs",
    "let the test wait for a future that the callback sets, and assert in the test",
    _SECTION,
)
TASK_DESTROYED = Check(
    "task_destroyed",
    "a task was garbage before it had finished",
    "keep a reference to the task until it has ended: asyncio keeps none",
    _SECTION,
)

# The end of an async generator, whose `__anext__` was given to a task.
_NO_ERROR = StopAsyncIteration

_Context = Mapping[str, object]
_Task = asyncio.Task[object]


class TheGuard(Guard):
    """Listens to what asyncio reports, and asks tasks that failed in silence."""

    checks: ClassVar = (TASK_FAILED_UNSEEN, CALLBACK_FAILED, TASK_DESTROYED)
    needs: ClassVar = ("asyncio.Task._log_traceback",)

    def install(self, patches: Patches) -> None:
        """Have kept none."""
        # Those that a living fixture may still ask for their results.
        self._kept: weakref.WeakSet[_Task] = weakref.WeakSet()
        self.held = (self._kept, self.net.tasks_made)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Listen to what they report."""
        patches.wrap(loop_class, "call_exception_handler", self._listen)

    def _listen(self, original: Callable[..., None]) -> Callable[..., None]:
        def call(loop: asyncio.AbstractEventLoop, context: _Context) -> None:
            finding = self._finding(context)
            if finding is not None and finding.check is CALLBACK_FAILED:
                caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001 - who saw it
                finding = None if is_users(caller) else finding
            if loop.get_exception_handler() is not None or finding is None:
                original(loop, context)
                return
            self.net.found(finding)
            if not self.net.fails(finding) or self._is_log_looked_at():
                original(loop, context)

        return call

    def _is_log_looked_at(self) -> bool:
        """Tell whether a test may want to see what asyncio logs."""
        item = self.net.item
        return item is None or "caplog" in getattr(item, "fixturenames", ())

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Find the tasks that failed and are kept, so that asyncio never logs them."""
        for task in (
            *self._kept,
            *cast("list[_Task]", self.net.young.those_of(asyncio.Task)),
        ):
            if not task.done() or not getattr(task, "_log_traceback", False):
                self._kept.discard(task)
            elif watched.is_over(owner_of_task(task)) and _is_on(task, watched.loop):
                self._kept.discard(task)
                self._found(task)
            else:
                self._kept.add(task)
        return ()

    def _found(self, task: _Task) -> None:
        error = task.exception()
        forget_error(task)
        if error is not None and not isinstance(error, _NO_ERROR):
            self.net.found(_task_failed(task, error))

    def _finding(self, context: _Context) -> Finding | None:
        error = context.get("exception")
        task = context.get("task") or context.get("future")
        if isinstance(task, asyncio.Task) and not task.done():
            return _task_destroyed(cast("_Task", task))
        if not isinstance(error, BaseException) or isinstance(error, _NO_ERROR):
            return None
        if isinstance(task, asyncio.Task):
            return _task_failed(cast("_Task", task), error)
        if isinstance(task, asyncio.Future):
            what = f"a future got {error!r}, and nothing asked for its result"
            return Finding(TASK_FAILED_UNSEEN, what, place_of_error(error))
        # Else a transport's, a protocol's, or a library's own.
        of_callback = f"a callback raised {error!r}" if "handle" in context else ""
        what = of_callback or f"{context.get('message')}: {error!r}"
        return Finding(CALLBACK_FAILED, what, place_of_error(error))


def _is_on(task: _Task, loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a task is on a loop, or on one that is closed: not in a thread."""
    return task.get_loop() is loop or task.get_loop().is_closed()


def _task_failed(task: _Task, error: BaseException) -> Finding:
    what = f"the {name_of(task)} raised {error!r}, and nothing asked for its result"
    return Finding(
        TASK_FAILED_UNSEEN,
        what,
        place_of_error(error),
        place_of_origin(coroutine_of(task)),
        owner_of_task(task),
    )


def _task_destroyed(task: _Task) -> Finding:
    return Finding(
        TASK_DESTROYED,
        f"the {name_of(task)} was garbage before it had finished",
        place_of_origin(coroutine_of(task)),
        waiting_place(task),
        owner_of_task(task),
    )
