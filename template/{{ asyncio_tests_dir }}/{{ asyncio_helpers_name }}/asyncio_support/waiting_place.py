"""The line at which something awaited stands still: where to look first.

The line is the innermost one in the user's own code. Where that line waits inside the
standard library or an installed package, the function is named after it:
`/project/tests/test_login.py:12 in login (in asyncio.Queue.get)`.
"""

import asyncio
import gc
import inspect
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any, cast

from .naming import coroutine_of
from .user_code import is_ours, is_users

UNKNOWN_PLACE = "an unknown line"

_FRAMES = ("cr_frame", "gi_frame", "ag_frame")
_AWAITED = ("cr_await", "gi_yieldfrom", "ag_await")


def waiting_place(awaited: object, called_from: FrameType | None = None) -> str:
    """Say where a task, coroutine or other awaitable is waiting.

    Args:
        awaited: What is waiting. Tasks and async generators that it waits for in turn
            are followed, and of `asyncio.gather` the first that has not ended.
        called_from: The frame that awaits it: the answer where nothing inside has a
            line of the user's own, as with a bare Future.
    """
    return _place([*_running_frames(called_from), *_suspended_frames(awaited)])


def running_place(innermost: FrameType | None) -> str:
    """Say where a thread is, given its innermost frame."""
    return _place(_running_frames(innermost))


def frames_of(task: "asyncio.Task[Any]") -> Iterator[FrameType]:
    """Return where a task that waits stands: its own frames, the innermost last."""
    for frame, _ in _suspended_frames(coroutine_of(task), into_tasks=False):
        yield frame


def _place(frames: Iterable[tuple[FrameType, str]]) -> str:
    """Describe the innermost frame of the user's, given all from outside inwards."""
    place, inside = UNKNOWN_PLACE, ""
    for frame, name in frames:
        file = frame.f_code.co_filename
        if is_ours(file):
            continue
        if is_users(file):
            place, inside = f"{file}:{frame.f_lineno} in {name}", ""
        elif not inside:
            package = str(frame.f_globals.get("__name__")).partition(".")[0]
            inside = f" (in {package}.{name})"
    return place + inside


def _running_frames(frame: FrameType | None) -> list[tuple[FrameType, str]]:
    frames: list[tuple[FrameType, str]] = []
    while frame is not None:
        frames.append((frame, frame.f_code.co_name))
        frame = frame.f_back
    return frames[::-1]


def _suspended_frames(
    awaited: object, *, into_tasks: bool = True
) -> Iterator[tuple[FrameType, str]]:
    seen: set[int] = set()
    while awaited is not None and id(awaited) not in seen:
        if not into_tasks and isinstance(awaited, asyncio.Future):
            return
        seen.add(id(awaited))
        frame = _first_attribute(awaited, _FRAMES)
        if isinstance(frame, FrameType):
            yield frame, getattr(awaited, "__qualname__", frame.f_code.co_name)
            awaited = _first_attribute(awaited, _AWAITED)
        else:
            awaited = _behind(awaited)


def _behind(awaited: object) -> object:
    """Return what an awaited object without a frame of its own waits for."""
    if isinstance(awaited, asyncio.Task):
        return coroutine_of(cast("asyncio.Task[object]", awaited))
    if isinstance(awaited, asyncio.Future):
        gathered = cast("asyncio.Future[object]", awaited)
        children: Iterable[asyncio.Future[object]] = getattr(gathered, "_children", ())
        return next((child for child in children if not child.done()), None)
    # An iterator written in C, as of `await future` and `async for`. It shows nobody
    # but the garbage collector what it waits for.
    held = gc.get_referents(awaited)
    return next((each for each in held if _can_be_followed(each)), None)


def _can_be_followed(thing: object) -> bool:
    waits = inspect.iscoroutine(thing) or inspect.isasyncgen(thing)
    return waits or isinstance(thing, asyncio.Future)


def _first_attribute(owner: object, names: Iterable[str]) -> object:
    values = (getattr(owner, name, None) for name in names)
    return next((value for value in values if value is not None), None)
