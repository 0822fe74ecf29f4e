"""Whether a test has made any task: most that pass have none, and are done sooner."""

import asyncio
from collections.abc import Callable
from typing import Any

from .patching import Patches


class TasksMade:
    """Counts the tasks that are made, other than those that run the test itself."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._stand_ins: list[object] = []

    def __len__(self) -> int:
        """Return how many; at least one where that cannot be told."""
        return self._count

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Count what the loops of a class make."""
        patches.wrap(loop_class, "create_task", self._note)
        self._stand_ins.append(loop_class.create_task)

    def _note(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def create_task(
            loop: asyncio.AbstractEventLoop, work: Any, **named: Any
        ) -> object:
            self._count += 1
            return original(loop, work, **named)

        return create_task

    def begin(self) -> None:
        """Count anew: no loop is left that could have any."""
        self._count = 0

    def run_begins(self, loop: asyncio.AbstractEventLoop) -> None:
        """A runner is about to make a task of what it runs."""
        # A loop that makes its tasks in another way is taken to have made some.
        if type(loop).create_task in self._stand_ins:
            self._count -= 1
        else:
            self._count += 1
