"""What a step reads or writes, of what tasks may share."""

import asyncio
import gc
import types
from collections import deque
from collections.abc import Hashable, Iterable
from types import FrameType
from typing import Any, NamedTuple

from .uses import Use
from .values import UNKNOWN, Identities, is_simple, value_of

# What stands for all of a container's content.
EVERYTHING = "everything"

_CHANGES_ALL = (
    *("append", "appendleft", "extend", "extendleft", "insert", "clear", "sort"),
    *("reverse", "rotate", "popleft", "popitem", "update", "difference_update"),
    *("intersection_update", "symmetric_difference_update"),
)
_CHANGES_ONE = ("setdefault", "add", "discard")
_READS_ALL = ("copy", "count", "index", "items", "keys", "values")
# Of a dict and of a set they are given the key; a list's other elements move.
_KEYED_ELSE_ALL = ("pop", "remove")

_CONTAINERS = (list, dict, set, deque)

# What tasks tell each other by, and how.
_SIGNALS = (asyncio.Event, asyncio.Condition, asyncio.Queue, asyncio.Future)
_TELLS = (
    *("set", "clear", "notify", "notify_all", "put", "put_nowait", "get", "get_nowait"),
    *("set_result", "set_exception", "cancel"),
)
_ASKS = ("is_set", "wait", "empty", "full", "qsize", "done", "result", "join")


class Thing(NamedTuple):
    """Something that tasks share.

    Attributes:
        owner: The number of the object, of the module's variables or of the cell.
        part: The name of the attribute or variable; or what part of the content.
    """

    owner: int
    part: tuple[str, Hashable]

    def overlaps(self, other: "Thing") -> bool:
        """Tell whether something is the same, or a part of it."""
        if self.owner != other.owner or self.part[0] != other.part[0]:
            return False
        whole = ("content", EVERYTHING)
        return self.part == other.part or whole in {self.part, other.part}


class Touch(NamedTuple):
    """A read or write.

    Attributes:
        thing: What was read or written.
        is_write: Whether it was written.
        text: What the source calls it.
        is_call: Whether the text is a call that does so, and no name of the thing.
    """

    thing: Thing
    is_write: bool
    text: str
    is_call: bool = False

    def __str__(self) -> str:
        """Return what reports say of it."""
        if self.is_call:
            return f"calls {self.text}" if self.text else "goes on"
        return f"{'writes' if self.is_write else 'reads'} {self.text}"


class Toucher:
    """Finds out what is read or written at a moment."""

    def __init__(self) -> None:
        """Begin."""
        self._identities = Identities()
        self._cells: dict[FrameType, dict[str, Any]] = {}

    def touch(self, use: Use, frame: FrameType) -> Touch | None:
        """Return what an instruction touches that is about to run in a frame."""
        if use.kind == "content":
            value = value_of(use.owner, frame)
            if isinstance(value, _SIGNALS):
                return self._signal(use, value)
            return self._content(use, frame, value)
        if use.kind == "global":
            owner: Any = frame.f_globals
        elif use.kind == "closure":
            owner = self._cell(frame, use.name)
        else:
            owner = value_of(use.owner, frame)
        if owner is UNKNOWN:
            return None
        thing = Thing(self._identities.number(owner), (use.kind, use.name))
        return Touch(thing, use.is_write, use.text)

    def of_task(self, task: asyncio.Task[Any]) -> Touch:
        """Return what a task does that goes on: who cancels it would stop it there."""
        thing = Thing(self._identities.number(task), ("content", EVERYTHING))
        return Touch(thing, is_write=False, text="", is_call=True)

    def _signal(self, use: Use, signal: Any) -> Touch | None:
        """Return what one task tells others, or asks whether they have told."""
        if use.name not in _TELLS and use.name not in _ASKS:
            return None
        thing = Thing(self._identities.number(signal), ("content", EVERYTHING))
        call = f"{use.text}.{use.name}()"
        return Touch(thing, use.name in _TELLS, call, is_call=True)

    def _content(self, use: Use, frame: FrameType, container: Any) -> Touch | None:
        is_container = isinstance(container, _CONTAINERS)
        effect = _effect(use, container) if is_container else None
        if effect is None:
            return None
        is_write, is_keyed = effect
        part: Hashable = EVERYTHING
        text = use.text
        if is_keyed:
            key = value_of(use.key, frame)
            if key is UNKNOWN:
                return None
            # Of other keys, only their own code knows whether they are equal.
            part = (key, "") if is_simple(key) else self._identities.number(key)
            text = f"{text}[{key!r}]" if use.name and is_simple(key) else text
        thing = Thing(self._identities.number(container), ("content", part))
        return Touch(thing, is_write, text)

    def _cell(self, frame: FrameType, name: str) -> Any:
        """Return what holds a variable of a function around; Python tells nobody."""
        if frame not in self._cells:
            self._cells[frame] = _cells_of(frame)
        return self._cells[frame].get(name, UNKNOWN)


def _effect(use: Use, container: Any) -> tuple[bool, bool] | None:
    """Return whether a use of some content changes it, and whether it has a key."""
    name = use.name
    has_key = use.key is not None
    if not name:
        return use.is_write, has_key and not _is_list(container)
    if name in _CHANGES_ALL or (name in _KEYED_ELSE_ALL and _is_list(container)):
        return True, False
    if name in _CHANGES_ONE or name in _KEYED_ELSE_ALL:
        return True, has_key
    if name == "get":
        return False, has_key
    return (False, False) if name in _READS_ALL else None


def _is_list(container: Any) -> bool:
    return isinstance(container, (list, deque))


def _cells_of(frame: FrameType) -> dict[str, Any]:
    """Return what holds the variables that a function shares with those around it."""
    code = frame.f_code
    inside = [each for each in frame.f_locals.values() if _is_function(each)]
    cells = [
        (name, cell)
        for function in inside
        if function.__code__ in code.co_consts
        for name, cell in _closure(function)
        if name in code.co_cellvars
    ]
    if code.co_freevars:
        same = gc.get_referrers(code)
        functions = [each for each in same if _is_function(each)]
        cells += [pair for function in functions for pair in _closure(function)]
    found: dict[str, Any] = {}
    for name, cell in cells:
        # Where the function around was called twice, there are two of them.
        found[name] = cell if found.get(name, cell) is cell else UNKNOWN
    return found


def _is_function(thing: Any) -> bool:
    return isinstance(thing, types.FunctionType)


def _closure(function: Any) -> Iterable[tuple[str, Any]]:
    return zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
