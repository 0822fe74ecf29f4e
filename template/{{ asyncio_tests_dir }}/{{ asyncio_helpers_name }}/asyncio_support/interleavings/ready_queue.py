"""What a loop runs next: a queue of handles in which tasks may be put off.

It takes the place of asyncio's own, which is a plain `deque`. Left to itself it does
the same. Where several tasks are ready, an `Order` may choose another one: then the
callbacks that are ahead of it run, and it; the tasks that were ahead of it are put off.
"""

import asyncio
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from ..loop_turns import LoopTurns
from .order import CALLBACKS, Order
from .steps import (
    by_age,
    is_after_the_test,
    is_cancellation,
    is_consequence,
    is_end,
    task_of,
)

# How often a task is put off before it has its turn.
PATIENCE = 60
# How many handles are looked at for a decision; more are ready in floods only.
_IN_SIGHT = 100

_Task = asyncio.Task[Any]
# Is told before each handle runs which task it is a step of, and the task's number.
Watch = Callable[[_Task | None, int], object]


class ReadyQueue(deque[asyncio.Handle]):
    """The handles that a loop is about to run."""

    def __init__(
        self,
        handles: Iterable[asyncio.Handle],
        before: Iterable[_Task],
        order: Order,
        watch: Watch | None,
    ) -> None:
        """Begin.

        Args:
            handles: What is in it already.
            before: The tasks that there are already.
            order: Chooses.
            watch: Is told what runs, if somebody wants to know.
        """
        super().__init__(handles)
        self._order = order
        self._watch = watch
        self._numbers: weakref.WeakKeyDictionary[_Task, int]
        self._numbers = weakref.WeakKeyDictionary()
        for age, task in enumerate(sorted(before, key=by_age), 1):
            self._numbers[task] = -age
        self._known = 0
        self._is_ending = self._is_over = False
        self._put_off: dict[asyncio.Handle, int] = {}
        self._chosen: asyncio.Handle | None = None
        self._first: set[asyncio.Handle] = set()

    def insert(self, index: int, handle: asyncio.Handle, /) -> None:
        """Put in what goes before all else whatever the order: see `LoopTurns`."""
        self._first.add(handle)
        super().insert(index, handle)

    def popleft(self) -> asyncio.Handle:
        """Return what the loop runs now."""
        if self._chosen is None and not self._is_over:
            self._decide()
        if not self._is_ending and is_end(self[0]):
            self._put_the_end_last()
        handle = super().popleft()
        self._put_off.pop(handle, None)
        self._first.discard(handle)
        if handle is self._chosen:
            self._chosen = None
        if self._watch is not None and not self._is_over:
            task = task_of(handle)
            self._watch(task, self._numbers.get(task, 0) if task else 0)
        self._is_over |= is_end(handle)
        return handle

    def _put_the_end_last(self) -> None:
        """When the test has ended, let what is ready go on before that is over.

        Left alone, the loop may run it beside that or not: as many handles as there
        were in all, and a timer that is due just then is one more.
        """
        self._is_ending = True
        self._put_off.clear()
        self.rotate(-1)
        if self._chosen is None:
            self._decide()

    def _decide(self) -> None:
        """Arrange the queue so that what is to run next is ahead."""
        found = [*self]  # at once: other threads may add to it
        handles = found[:_IN_SIGHT]
        tasks = list(map(task_of, handles))
        self._number(handles, tasks)
        if self._is_over or tasks[0] is None or handles[0] in self._first:
            return
        handles = self._by_age(handles, tasks)
        self._arrange(found, self._choose(handles))

    def _number(
        self, handles: Sequence[asyncio.Handle], tasks: Sequence[_Task | None]
    ) -> None:
        """Number the tasks that are new."""
        new = [
            (task, handle)
            for task, handle in zip(tasks, handles, strict=True)
            if task is not None and task not in self._numbers
        ]
        # Programs keep tasks in sets, and so does asyncio: the order in which they are
        # cancelled differs from process to process.
        cancelled = sorted((t for t, h in new if is_cancellation(h)), key=by_age)
        others = (t for t, h in new if not is_cancellation(h))
        for task in (*others, *cancelled):
            self._known += 1
            self._numbers[task] = self._known
            self._is_over |= is_after_the_test(task)

    def _by_age(
        self, handles: list[asyncio.Handle], tasks: Sequence[_Task | None]
    ) -> list[asyncio.Handle]:
        """Return the handles with those of cancelled tasks by age: see above."""
        places = [
            place
            for place, (task, handle) in enumerate(zip(tasks, handles, strict=True))
            if task is not None and is_cancellation(handle)
        ]
        by_number = sorted(places, key=lambda place: self._number_of(handles[place]))
        moved = dict(zip(places, by_number, strict=True))
        return [handles[moved.get(place, place)] for place in range(len(handles))]

    def _number_of(self, handle: asyncio.Handle) -> int:
        task = task_of(handle)
        return CALLBACKS if task is None else self._numbers[task]

    def _choose(self, handles: list[asyncio.Handle]) -> list[asyncio.Handle]:
        """Return the handles, with what is chosen ahead."""
        candidates = self._candidates(handles)
        chosen = candidates[0]
        if self._put_off.get(handles[0], 0) >= PATIENCE:
            chosen = self._number_of(handles[0])
        elif len(candidates) > 1:
            chosen = self._order.choose(candidates)
        numbers = list(map(self._number_of, handles))
        place = len(handles) if chosen == CALLBACKS else numbers.index(chosen)
        self._chosen = None if chosen == CALLBACKS else handles[place]
        return self._with_ahead(handles, place)

    def _with_ahead(
        self, handles: list[asyncio.Handle], place: int
    ) -> list[asyncio.Handle]:
        """Return the handles with a place in front; tasks before it are put off."""
        passed = handles[:place]
        callbacks = [each for each in passed if self._number_of(each) == CALLBACKS]
        tasks = [each for each in passed if self._number_of(each) != CALLBACKS]
        for each in tasks:
            self._put_off[each] = self._put_off.get(each, 0) + 1
        return [*callbacks, *handles[place : place + 1], *tasks, *handles[place + 1 :]]

    def _candidates(self, handles: list[asyncio.Handle]) -> tuple[int, ...]:
        """Return what could come next: first what does, if nothing else is chosen.

        That are callbacks where they are last: else they come with the task behind
        them. What was put off is last of all, until nothing else is there to run: so
        one decision is enough to have a task wait for long.
        """
        late: list[int] = []
        soon: list[int] = []
        callbacks: list[int] = []
        for handle in handles:
            number = self._number_of(handle)
            if number != CALLBACKS:
                (late if handle in self._put_off else soon).append(number)
                callbacks.clear()
            elif is_consequence(handle):
                callbacks[:] = [CALLBACKS]
        return (*soon, *callbacks, *late)

    def _arrange(
        self, found: Sequence[asyncio.Handle], handles: list[asyncio.Handle]
    ) -> None:
        if list(found[: len(handles)]) != handles:
            for _ in handles:
                super().popleft()
            self.extendleft(reversed(handles))


@contextmanager
def tasks_ordered(
    turns: LoopTurns, order: Order, watch: Watch | None = None
) -> Generator[None, None, None]:
    """Have an order decide what a loop runs, while that is in no turn.

    Args:
        turns: Those of the loop.
        order: Decides.
        watch: Is told what runs.
    """
    private: Any = turns.loop
    before = asyncio.all_tasks(turns.loop)
    queue = ReadyQueue(turns.ready, before, order, watch)
    turns.ready = private._ready = queue  # noqa: SLF001 - the only way
    try:
        yield
    finally:
        turns.ready = private._ready = deque(queue)  # noqa: SLF001 - as above
