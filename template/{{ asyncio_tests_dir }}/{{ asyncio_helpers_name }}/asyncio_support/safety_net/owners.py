"""Whose work is it: the test's or a fixture's?

The owner is a context variable. Tasks and callbacks run in a copy of the context that
they were made in, so what a server of a fixture's starts during a test is still the
fixture's.
"""

import asyncio
import contextvars
import gc
import sys
from dataclasses import dataclass


@dataclass(eq=False)
class Owner:
    """A test, or a fixture from its setup to the end of its teardown.

    Attributes:
        name: The function's name, with the parameters of a test.
        scope: The scope of a fixture; empty for a test.
        over: Whether it has ended, and everything of it should have.
    """

    name: str
    scope: str = ""
    over: bool = False

    def __str__(self) -> str:
        """Return what a report calls it."""
        if not self.scope:
            return f"the test {self.name!r}"
        return f"the fixture {self.name!r} (scope {self.scope})"


OWNER: contextvars.ContextVar[Owner | None] = contextvars.ContextVar("asyncio_owner")


def current_owner() -> Owner | None:
    """Return whose code is running in this context; None where nobody knows."""
    return OWNER.get(None)


def owner_of_task(task: asyncio.Task[object]) -> Owner | None:
    """Return who made a task; None where that cannot be told."""
    context = _context_of(task)
    return None if context is None else context.get(OWNER)


if sys.version_info >= (3, 12):

    def _context_of(task: asyncio.Task[object]) -> contextvars.Context | None:
        return task.get_context()

else:

    def _context_of(task: asyncio.Task[object]) -> contextvars.Context | None:
        # A task written in C shows its context to the garbage collector only; one
        # written in Python is what pytest-asyncio runs tests in on Python 3.10.
        known = getattr(task, "_context", None)
        if isinstance(known, contextvars.Context):
            return known
        held = gc.get_referents(task)
        found = (each for each in held if isinstance(each, contextvars.Context))
        return next(found, None)
