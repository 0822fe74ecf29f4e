"""A memory for what was made lately, which forgets what takes up too much room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

# --- What was made lately -------------------------------------------------------------

Made = TypeVar("Made")


class Recent:
    """Things by their key, as many of those used last as weigh no more than a limit."""

    def __init__(self, limit: int) -> None:
        """Begin with none."""
        self._limit = limit
        self._weight = 0
        self._things: dict[Hashable, tuple[Any, int]] = {}

    def get(self, key: Hashable, make: Callable[[], tuple[Made, int]]) -> Made:
        """Return a thing.

        Args:
            key: What it is remembered by.
            make: Makes it, and tells its weight, if it is not there (any more).
        """
        found: tuple[Made, int] | None = self._things.pop(key, None)
        if found is None:
            found = make()
            self._weight += found[1]
        self._things[key] = found
        self._forget(self._weight - self._limit, but=1)
        return found[0]

    def make_room(self, weight: int) -> None:
        """Forget as much as it takes for something that is not kept here."""
        self._forget(self._weight + weight - self._limit, but=0)

    def _forget(self, weight: int, but: int) -> None:
        """Forget the oldest of a weight, but leave some in any case."""
        left = self._weight - weight
        while self._weight > left and len(self._things) > but:
            oldest = next(iter(self._things))
            self._weight -= self._things.pop(oldest)[1]
