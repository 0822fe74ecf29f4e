"""`DID NOT RAISE`, where what should have raised was not awaited."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FrameType

import pytest

from .calls import called_name, tree_of
from .explanation import Explanation, Failure, Seen
from .loop_scopes import is_async
from .places import users_frames

# What begins something async that goes on by itself.
_STARTERS = frozenset({"create_task", "ensure_future", "gather", "start_soon"})
_WAITS = (ast.Await, ast.AsyncWith, ast.AsyncFor)
_MOST = 60  # characters of a call that is shown


def _starts_without_waiting(failure: Failure) -> bool:
    return next(_unawaited(failure), None) is not None


def _see_unawaited(failure: Failure) -> Seen:
    call = ast.unparse(next(_unawaited(failure)))
    shown = textwrap.shorten(call, _MOST, placeholder=" ...")
    return Seen(f"the block at {failure.place} does not await `{shown}`")


def _unawaited(failure: Failure) -> Iterator[ast.Call]:
    """Yield the async calls in the block that did not raise, if it awaits nothing."""
    for frame, line in users_frames(failure.error)[:1]:
        for block in _blocks_at(frame, line):
            inside = [each for part in block.body for each in ast.walk(part)]
            if any(isinstance(each, _WAITS) for each in inside):
                return
            calls = (each for each in inside if isinstance(each, ast.Call))
            yield from (call for call in calls if _is_async(call, frame))


def _blocks_at(frame: FrameType, line: int) -> Iterator[ast.With]:
    code = frame.f_code
    tree = tree_of(code)
    for each in ast.walk(tree) if tree else ():
        begins = code.co_firstlineno - 1
        if isinstance(each, ast.With) and each.lineno + begins == line:
            yield each


def _is_async(call: ast.Call, frame: FrameType) -> bool:
    function = _value_of(call.func, frame)
    return called_name(call) in _STARTERS or (callable(function) and is_async(function))


def _value_of(named: ast.expr, frame: FrameType) -> object:
    """Return what a name stands for, without running anything of the user's."""
    if isinstance(named, ast.Name):
        return {**frame.f_globals, **frame.f_locals}.get(named.id)
    if isinstance(named, ast.Attribute):
        owner = _value_of(named.value, frame)
        return inspect.getattr_static(owner, named.attr, None)
    return None


EXPLANATIONS = (
    Explanation(
        heading="Failed: DID NOT RAISE",
        raised=(pytest.fail.Exception,),
        wordings=(r"^DID NOT RAISE\b",),
        cause="the block calls or starts async code, and does not await it",
        remedy="put the `await` inside the block of pytest.raises",
        look=_see_unawaited,
        concerns=_starts_without_waiting,
    ),
)
