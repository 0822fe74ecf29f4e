"""Things that a test or a fixture has made and has to end, with the line that did."""

import weakref
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .owners import Owner, current_owner

T = TypeVar("T")


class Made(Generic[T]):
    """One such thing.

    Attributes:
        thing: Returns it, or None if it is gone.
        place: The line of the user's that made it.
        owner: The test or fixture; None where that cannot be told.
    """

    def __init__(self, thing: Callable[[], T | None], place: str) -> None:
        """The test or fixture that runs has made it."""
        self.thing = thing
        self.place = place
        self.owner: Owner | None = current_owner()


class Registry(Generic[T]):
    """All such things of a kind that tests and fixtures have not been asked for yet.

    Attributes:
        made: These, in the order in which they were made.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.made: dict[Made[T], None] = {}

    def add(self, thing: T, place: str) -> Made[T]:
        """Note that something was made; it is not kept alive."""
        made = Made(weakref.ref(thing), place)
        self.made[made] = None
        return made

    def keep(self, thing: T, place: str) -> Made[T]:
        """Note that something was made, and keep it alive until it is asked for."""
        made: Made[T] = Made(lambda: thing, place)
        self.made[made] = None
        return made

    def __iter__(self) -> Iterator[Made[T]]:
        """Return everything noted."""
        return iter(tuple(self.made))

    def forget(self, made: Made[T]) -> None:
        """Ask for something no more."""
        self.made.pop(made, None)

    def of_those_over(self) -> list[Made[T]]:
        """Return what was made by tests and fixtures that are over."""
        return [m for m in self.made if m.owner is None or m.owner.over]
