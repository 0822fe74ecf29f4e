"""Standing in for functions of the standard library, and leaving no trace."""

import functools
import inspect
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

_ABSENT = object()


class Patches:
    """What was replaced, to be put back."""

    def __init__(self) -> None:
        """Begin with nothing replaced."""
        self._replaced: list[tuple[object, str, object]] = []

    def wrap(self, owner: object, name: str, make: Callable[[F], F]) -> None:
        """Replace an attribute of a module or class by what is made of it.

        Where a class inherits it, the class gets one of its own, until `undo`. An
        attribute that does not exist is left so: not every platform has everything.
        """
        original = getattr(owner, name, None)
        if original is None:
            return
        self._replaced.append((owner, name, vars(owner).get(name, _ABSENT)))
        # Name and signature stay what they were: tests pickle it, or mock it by spec.
        made = functools.update_wrapper(make(original), original)
        if inspect.ismodule(owner):
            made.__module__ = owner.__name__  # `os.system` is called `posix.system`
        setattr(owner, name, made)

    def undo(self) -> None:
        """Put everything back, the last one first."""
        while self._replaced:
            owner, name, previous = self._replaced.pop()
            if previous is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, previous)
