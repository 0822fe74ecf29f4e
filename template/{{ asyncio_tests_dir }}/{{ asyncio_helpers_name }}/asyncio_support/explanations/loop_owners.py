"""Which of the names in a failing test stands for something of another event loop."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import FunctionType, ModuleType
from typing import cast

import pytest

from .loop_scopes import fixtures_of
from .places import frames, users_frames

# What holds no connection, and much else.
_SKIPPED = (ModuleType, FunctionType, type)
_MOST = 100  # members of a collection that are looked at


def running_loop(error: BaseException) -> asyncio.AbstractEventLoop | None:
    """Return the loop on which an error was raised, from its frames in asyncio."""
    for frame, _ in reversed(frames(error)):
        runs: object = frame.f_locals.get("self")
        if isinstance(runs, asyncio.AbstractEventLoop):
            return runs
    return None


def closed_loop(error: BaseException) -> asyncio.AbstractEventLoop | None:
    """Return the loop that an error says is closed."""
    for frame, _ in frames(error):
        used: object = frame.f_locals.get("self")
        if isinstance(used, asyncio.AbstractEventLoop) and used.is_closed():
            return used
    return None


def holder_of(
    loop: asyncio.AbstractEventLoop | None,
    node: pytest.Item | pytest.Collector,
    error: BaseException,
) -> str | None:
    """Return what to call the value that belongs to a loop."""
    for label, value in _named_values(node, error):
        if loop is not None and loop_of(value) is loop:
            return label
    return None


def stranger(node: pytest.Item | pytest.Collector, error: BaseException) -> str | None:
    """Return what to call the value that is on another loop than the running one.

    Where the error's text shows the value itself, it is that one.
    """
    text, own = str(error), running_loop(error)
    values = list(_named_values(node, error))
    for label, value in values:
        if any(_address(each) in text for each in (value, *_parts(value))):
            return label
    for label, value in values:
        if own is not None and loop_of(value) not in {None, own}:
            return label
    return None


def loop_of(value: object) -> asyncio.AbstractEventLoop | None:
    """Return the loop that a value is, or holds itself or in one of its attributes."""
    for each in (value, *_parts(value)):
        loop = _own_loop(each)
        if loop is not None:
            return loop
    return None


def _own_loop(value: object) -> asyncio.AbstractEventLoop | None:
    if isinstance(value, asyncio.AbstractEventLoop):
        return value
    if isinstance(value, asyncio.Future):
        return cast("asyncio.Future[object]", value).get_loop()
    bound = _attributes(value).get("_loop")
    return bound if isinstance(bound, asyncio.AbstractEventLoop) else None


def _parts(value: object) -> list[object]:
    """Return a value's attributes, and the first members of a collection."""
    return [*_attributes(value).values(), *islice(_members(value), _MOST)]


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).values()
    is_collection = isinstance(value, (list, tuple, set, frozenset))
    return cast("Iterable[object]", value) if is_collection else ()


def _attributes(value: object) -> Mapping[str, object]:
    found: object = getattr(value, "__dict__", None)
    is_plain = isinstance(found, dict) and not isinstance(value, _SKIPPED)
    return cast("dict[str, object]", found) if is_plain else {}


def _address(value: object) -> str:
    return f" at {id(value):#x}"


def _named_values(
    node: pytest.Item | pytest.Collector, error: BaseException
) -> Iterator[tuple[str, object]]:
    """Yield what fixtures returned, then locals and globals from inside outwards.

    `self` comes last, since it may well have a better name.
    """
    funcargs: dict[str, object] = getattr(node, "funcargs", None) or {}
    for name, value in funcargs.items():
        if not name.startswith("_"):
            yield f"the fixture {name!r}", value
    running = [frame for frame, _ in users_frames(error)]
    for frame in running:
        for name in fixtures_of(node).keys() & frame.f_locals.keys():
            yield f"the fixture {name!r}", frame.f_locals[name]
    for frame in running:
        others = {n: v for n, v in frame.f_locals.items() if n != "self"}
        yield from _names("the local name", others)
    for frame in running:
        yield from _names("the global name", frame.f_globals)
    for frame in running:
        own = {n: v for n, v in frame.f_locals.items() if n == "self"}
        yield from _names("the local name", own)


def _names(kind: str, names: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in names.items():
        if not isinstance(value, _SKIPPED):
            yield f"{kind} {name!r} (a {type(value).__name__})", value
