"""Standing in for functions of the standard library, and leaving no trace."""

import functools
from collections.abc import Callable
from types import BuiltinFunctionType, ModuleType
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
        made: Callable[..., object] = make(original)
        if isinstance(owner, ModuleType) and isinstance(original, BuiltinFunctionType):
            made = _Builtin(made)
        # Name and signature stay what they were: tests pickle it, or mock it by spec.
        functools.update_wrapper(made, original)
        if isinstance(owner, ModuleType):
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


class _Builtin(functools.partial[object]):
    """Stands in for a function written in C.

    No class makes a method of it, and another process gets it by its name.
    """

    __name__: str

    def __get__(self, _instance: object, _class: object = None) -> "_Builtin":
        return self

    def __reduce__(self) -> str:
        return self.__name__
