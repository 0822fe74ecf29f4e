"""A run of a random program about time, which tells what happens in the order it does.

Nothing but asyncio is needed here: the same files are used on real loops by a script,
and in a rendered project under the virtual clock.

Times are slots. Each has one timer at most, so that what comes first depends neither on
how quick the machine is, nor on how late the timer was that set another.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    Create = Callable[[Coroutine[Any, Any, int]], asyncio.Task[int]]

# A kind, and what else there is to say of it: numbers, and the steps inside.
Step = list[Any]
Body = list[Step]
# Who, what, and in which slot.
Happening = list[Any]
STUCK: Happening = ["main", "waits for ever", -1]

_ALMOST = 0.01  # of a slot: what adding and subtracting times may have lost
_NUMBERS: contextvars.ContextVar[Iterator[int]] = contextvars.ContextVar("_NUMBERS")


class NumberedTask(asyncio.Task[Any]):
    """A task that sets of tasks find by its number.

    By their addresses, a task group would cancel its tasks in another order every time.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take the next number of the run."""
        self._number = next(_NUMBERS.get())
        super().__init__(*arguments, **more)

    def __hash__(self) -> int:
        return self._number


def numbered_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any
) -> NumberedTask:
    """Be the task factory of a loop."""
    return NumberedTask(coroutine, loop=loop, **more)


class Run:
    """A run on the loop that is running, which is to be the run's own.

    Attributes:
        happened: What has happened.
        last_slot: The last that there is a timer for.
        slot_seconds: How long a slot is.
    """

    def __init__(self, slot_seconds: float) -> None:
        """Begin the time of the run."""
        self.happened: list[Happening] = []
        self.last_slot = 0
        self.loop = asyncio.get_running_loop()
        self.slot_seconds = slot_seconds
        self._start = self.loop.time()
        self._taken: set[int] = set()
        self._tasks: list[asyncio.Task[int]] = []
        self._timers: list[asyncio.TimerHandle] = []

    async def run(self, program: Body) -> None:
        """Do all of it, and cancel what it leaves."""
        _NUMBERS.set(itertools.count())
        self.loop.set_task_factory(numbered_task)
        # Errors that nobody sees are part of the programs.
        self.loop.set_exception_handler(lambda _loop, _context: None)
        try:
            await self._run(program)
        finally:
            self.loop.set_task_factory(None)

    async def _run(self, program: Body) -> None:
        await asyncio.wait([self.begin("task", program)])
        for timer in self._timers:
            timer.cancel()
        while left := [each for each in self._tasks if not each.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left)
        self.tell("main", "over")

    async def do(self, name: str, steps: Body) -> None:
        """Do some steps, one after the other."""
        for kind, *rest in steps:
            await getattr(self, f"do_{kind}")(name, *rest)

    def tell(self, name: str, *what: object) -> None:
        """Note that something happens now."""
        self.happened.append([name, " ".join(map(str, what)), self._slot])

    def begin(
        self, name: str, steps: Body, create: Create | None = None
    ) -> asyncio.Task[int]:
        """Do some steps in a task, which is named after the one that begins it."""
        coroutine = self.whole(f"{name} {len(self._tasks)}", steps)
        task = (create or self.loop.create_task)(coroutine)
        self._tasks.append(task)
        return task

    def begin_all(self, name: str, bodies: list[Body]) -> list[asyncio.Task[int]]:
        """Do several bodies at once."""
        return [self.begin(name, steps) for steps in bodies]

    async def whole(self, name: str, steps: Body) -> int:
        """Do some steps, and tell how that ended; return the number of the task."""
        try:
            await self.do(name, steps)
        except BaseException as error:
            self.tell(name, "ended by", shown(error))
            raise
        self.tell(name, "done")
        return number_in(name)

    def task_after(self, name: str, which: int) -> asyncio.Task[int] | None:
        """Return a task that began later: waiting for those only makes no circle."""
        later = self._tasks[number_in(name) + 1 :]
        return later[which % len(later)] if later else None

    def cancel(self, name: str, which: int) -> None:
        """Cancel one of all tasks."""
        number = which % len(self._tasks)
        self.tell(name, "cancels", number, self._tasks[number].cancel())

    def later(self, name: str, slots: int, act: Callable[[], object]) -> None:
        """Have something done after some slots."""

        def act_now() -> None:
            self.tell(name, "heard its timer")
            act()

        seconds = self.seconds(slots)
        if slots % 2:
            timer = self.loop.call_at(self.loop.time() + seconds, act_now)
        else:
            timer = self.loop.call_later(seconds, act_now)
        self._timers.append(timer)

    def seconds(self, slots: int) -> float:
        """Return how long it is until the first slot from there on without a timer."""
        if not slots:
            return 0
        slot = self._slot + slots
        while slot in self._taken:
            slot += 1
        self._taken.add(slot)
        self.last_slot = max(self.last_slot, slot)
        return self.seconds_until(slot)

    def shared_seconds(self, slots: int) -> float:
        """Return how long some slots are; other timers may go off at the same time."""
        self.last_slot = max(self.last_slot, self._slot + slots)
        return slots * self.slot_seconds

    def limit(self, slots: int | None) -> float | None:
        """Return a limit in seconds; None is none."""
        return None if slots is None else self.seconds(slots)

    def seconds_until(self, slot: float) -> float:
        """Return how long it is until a slot."""
        return self._start + slot * self.slot_seconds - self.loop.time()

    @property
    def _slot(self) -> int:
        passed = self.loop.time() - self._start
        return math.floor(passed / self.slot_seconds + _ALMOST)


def number_in(name: str) -> int:
    """Return the number of the task that has this name."""
    return int(name.rpartition(" ")[2])


def shown(found: object) -> str:
    """Write what came of a task: an error as one word, with those inside."""
    if not isinstance(found, BaseException):
        return str(found)
    inside = ",".join(map(shown, getattr(found, "exceptions", ())))
    return f"{type(found).__name__}({inside})" if inside else type(found).__name__
