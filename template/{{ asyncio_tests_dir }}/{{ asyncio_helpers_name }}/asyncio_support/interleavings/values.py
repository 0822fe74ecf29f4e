"""What an expression stands for at a moment, without running any code of the user's."""

import ast
import inspect
import weakref
from types import FrameType, MemberDescriptorType
from typing import Any, cast

UNKNOWN: Any = object()

_SIMPLE = (str, bytes, int, float, bool, type(None))
_CONTAINERS = (dict, list, tuple)


def value_of(expression: ast.expr | None, frame: FrameType) -> Any:
    """Return the value of an expression in a frame, or `UNKNOWN`."""
    value = UNKNOWN
    if isinstance(expression, ast.Constant):
        value = expression.value
    elif isinstance(expression, ast.Name):
        around = frame.f_globals.get(expression.id, UNKNOWN)
        value = frame.f_locals.get(expression.id, around)
    elif isinstance(expression, ast.Attribute):
        value = _stored(value_of(expression.value, frame), expression.attr)
    elif isinstance(expression, ast.Subscript):
        container = value_of(expression.value, frame)
        value = _item(container, value_of(expression.slice, frame))
    elif isinstance(expression, ast.Tuple):
        values = tuple(value_of(each, frame) for each in expression.elts)
        value = UNKNOWN if any(each is UNKNOWN for each in values) else values
    return value


def _item(container: Any, key: Any) -> Any:
    if type(container) not in _CONTAINERS or not is_simple(key):
        return UNKNOWN
    try:
        return container[key]
    except (LookupError, TypeError):
        return UNKNOWN


def _stored(owner: Any, name: str) -> Any:
    """Return what is stored as an attribute, nothing that has to be worked out."""
    if owner is UNKNOWN:
        return UNKNOWN
    mangled = (f"_{kind.__name__.lstrip('_')}{name}" for kind in type(owner).__mro__)
    names = (name, *mangled) if name.startswith("__") else (name,)
    for each in names:
        value = inspect.getattr_static(owner, each, UNKNOWN)
        if isinstance(value, MemberDescriptorType):  # of a class with __slots__
            value = _in_slot(value, owner)
        if value is not UNKNOWN:
            return UNKNOWN if _is_descriptor(value) else value
    return UNKNOWN


def _is_descriptor(value: object) -> bool:
    return hasattr(type(value), "__get__")


def _in_slot(slot: MemberDescriptorType, owner: Any) -> Any:
    try:
        return slot.__get__(owner)
    except AttributeError:  # it is empty
        return UNKNOWN


def is_simple(value: Any) -> bool:
    """Tell whether a value is compared, not looked up by identity, as a key."""
    if isinstance(value, tuple):
        return all(map(is_simple, cast("tuple[object, ...]", value)))
    return type(value) in _SIMPLE


class Identities:
    """Numbers for objects: no two have the same, also where one is gone."""

    def __init__(self) -> None:
        """Begin with no object."""
        self._known: dict[int, tuple[int, Any]] = {}
        self._last = 0

    def number(self, thing: Any) -> int:
        """Return the number of an object."""
        known = self._known.get(id(thing))
        if known is not None and known[1]() is thing:
            return known[0]
        self._last += 1
        self._known[id(thing)] = (self._last, _reference(thing))
        return self._last


def _reference(thing: Any) -> Any:
    # Lists and dicts know no weak references, and are kept until the run is over.
    try:
        return weakref.ref(thing)
    except TypeError:
        return lambda: thing
