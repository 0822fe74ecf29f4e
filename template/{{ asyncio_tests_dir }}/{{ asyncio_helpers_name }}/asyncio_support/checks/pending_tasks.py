"""Tasks that still run when the test or fixture that made them is over."""

import asyncio
import weakref
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from ..naming import coroutine_of, name_of
from ..safety_net.ending import cancel
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.owners import owner_of_task
from ..safety_net.patching import Patches
from ..safety_net.places import place_of_origin
from ..waiting_place import waiting_place

PENDING_TASK = Check(
    "pending_task",
    "a task was still running when the test that made it was over",
    "await it, or cancel it and await it, before the test or fixture ends",
    "Left behind",
)


class TheGuard(Guard):
    """Looks at the tasks of a loop."""

    checks: ClassVar = (PENDING_TASK,)

    def install(self, patches: Patches) -> None:
        """Have told of none."""
        self.held = (self.net.tasks_made,)
        self._told: weakref.WeakSet[asyncio.Task[object]] = weakref.WeakSet()

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the tasks that should have ended, each to be cancelled."""
        for task in asyncio.all_tasks(watched.loop):
            owner = owner_of_task(task)
            if watched.is_over(owner) and task not in self._told:
                what = f"the {name_of(task)} was still running"
                made = place_of_origin(coroutine_of(task))
                stands = waiting_place(task)
                finding = Finding(PENDING_TASK, what, made or stands, stands, owner)
                forget = partial(self._told.add, task)
                yield Leftover(finding, forget, partial(cancel, task))
