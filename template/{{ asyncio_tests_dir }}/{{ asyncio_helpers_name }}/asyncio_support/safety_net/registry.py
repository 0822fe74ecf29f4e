"""Things that a test or a fixture has made and has to end, with the line that did."""

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .owners import Owner, current_owner

T = TypeVar("T")


@dataclass(eq=False)
class Made(Generic[T]):
    """One such thing.

    Attributes:
        thing: Returns it, or None if it is gone.
        place: The line of the user's that made it.
        owner: The test or fixture; None where that cannot be told.
    """

    thing: Callable[[], T | None]
    place: str
    owner: Owner | None = field(default_factory=current_owner)


class Registry(Generic[T]):
    """All such things of a kind that tests and fixtures have not been asked for yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[Made[T], None] = {}

    def add(self, thing: T, place: str) -> Made[T]:
        """Note that something was made; it is not kept alive."""
        made = Made(weakref.ref(thing), place)
        self._made[made] = None
        return made

    def keep(self, thing: T, place: str) -> Made[T]:
        """Note that something was made, and keep it alive until it is asked for."""
        made: Made[T] = Made(lambda: thing, place)
        self._made[made] = None
        return made

    def __iter__(self) -> Iterator[Made[T]]:
        """Return everything noted."""
        return iter(tuple(self._made))

    def forget(self, made: Made[T]) -> None:
        """Ask for something no more."""
        self._made.pop(made, None)

    def of_those_over(self) -> list[Made[T]]:
        """Return what was made by tests and fixtures that are over."""
        if not self._made:
            return []
        return [m for m in self._made if m.owner is None or m.owner.over]
