"""Whose work is it: the test's or a fixture's?

The owner is a context variable. Tasks and callbacks run in a copy of the context that
they were made in, so what a server of a fixture's starts during a test is still the
fixture's.
"""

import asyncio
import contextvars
import gc
import sys
import threading
import weakref
from collections.abc import Callable

import pytest

from .patching import Patches


class Owner:
    """A test, or a fixture from its setup to the end of its teardown.

    Attributes:
        name: The function's name, with the parameters of a test.
        scope: The scope of a fixture; empty for a test.
        node: What it is for: the test, or what the fixture's scope is.
        is_set_up: Whether it is a fixture whose setup has ended.
        over: Whether it has ended, and everything of it should have.
    """

    def __init__(
        self,
        name: str,
        scope: str = "",
        node: pytest.Item | pytest.Collector | None = None,
    ) -> None:
        """A test or fixture begins."""
        self.name = name
        self.scope = scope
        self.node = node
        self.is_set_up = False
        self.over = False

    def __str__(self) -> str:
        """Return what a report calls it."""
        if not self.scope:
            return f"the test {self.name!r}"
        return f"the fixture {self.name!r} (scope {self.scope})"


OWNER: contextvars.ContextVar[Owner | None] = contextvars.ContextVar("asyncio_owner")

# Whatever is made while no test runs, as by a module that is imported, is never over.
RUN = Owner("the run of pytest", scope="session")

# A thread begins with an empty context. (Not so in builds without the GIL.)
_of_threads: weakref.WeakKeyDictionary[threading.Thread, Owner]
_of_threads = weakref.WeakKeyDictionary()


def current_owner() -> Owner | None:
    """Return whose code is running here; None where nobody knows."""
    owner = OWNER.get(None)
    return owner or _of_threads.get(threading.current_thread())


def follow_threads(patches: Patches) -> None:
    """Have what a thread does belong to the test or fixture that started it."""
    patches.wrap(threading.Thread, "start", _follow)


def _follow(original: Callable[[threading.Thread], None]) -> Callable[..., None]:
    def start(thread: threading.Thread) -> None:
        owner = current_owner()
        if owner is not None:
            _of_threads[thread] = owner
        original(thread)

    return start


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
