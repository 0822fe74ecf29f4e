"""The sets that asyncio makes of tasks, in an order that can be had again.

`asyncio.as_completed` starts its coroutines in the order of a set, and `asyncio.wait`
returns two: both differ from process to process, and with them what a test does.
"""

import asyncio.tasks
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class SetInOrder(set[T]):
    """A set that is gone through in the order in which it was filled."""

    def __init__(self, things: Iterable[T] = ()) -> None:
        """Begin with some things."""
        self._order = dict.fromkeys(things)
        super().__init__(self._order)

    def add(self, thing: T, /) -> None:
        """Add something, behind all others."""
        self._order[thing] = None
        super().add(thing)

    def __iter__(self) -> Iterator[T]:
        """Go through it; what was added in other ways comes last."""
        others = (each for each in super().__iter__() if each not in self._order)
        return iter([*(each for each in self._order if each in self), *others])


@contextmanager
def sets_in_order() -> Generator[None, None, None]:
    """Have asyncio make such sets, in the functions that make them for tests."""
    # A name of the module's own hides the builtin one.
    module: Any = asyncio.tasks
    module.set = SetInOrder
    try:
        yield
    finally:
        del module.set
