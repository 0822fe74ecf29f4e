"""A test's fixtures, and on which loops they and the test run.

What pytest and pytest-asyncio show of this is private in part: where it is missing,
there are no fixtures, and their loop scope is the default.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pytest

from .places import code_of, def_place, function_of, users_frames

_SCOPES = ("function", "class", "module", "package", "session")
_Fixture = pytest.FixtureDef[object]


@dataclass(frozen=True)
class Side:
    """A test or an async fixture, with the loop that it runs on."""

    name: str
    kind: str
    scope: str
    loop_scope: str

    def __str__(self) -> str:
        """Say what it is, with its scopes."""
        scope = f"scope {self.scope}, " if self.kind == "fixture" else ""
        return f"the {self.kind} {self.name!r} ({scope}loop scope {self.loop_scope})"

    @property
    def outlives_its_loop(self) -> bool:
        """Whether it is kept for longer than its loop."""
        return is_wider(self.scope, self.loop_scope)


def is_wider(scope: str, other: str) -> bool:
    """Tell whether a scope lasts longer than another."""
    return _SCOPES.index(scope) > _SCOPES.index(other)


def fixtures_of(node: pytest.Item | pytest.Collector) -> dict[str, _Fixture]:
    """Return the fixtures that a test depends on by their names."""
    info: object = getattr(node, "_fixtureinfo", None)
    known: Mapping[str, Sequence[_Fixture]]
    known = getattr(info, "name2fixturedefs", None) or {}
    return {name: found[-1] for name, found in known.items() if found}


def is_async(function: Callable[..., object]) -> bool:
    """Tell whether a function is a coroutine function or an async generator's."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def side_of_test(node: pytest.Item | pytest.Collector) -> Side:
    """Return a test with the loop scope of its mark, or else the default."""
    mark = node.get_closest_marker("asyncio")
    named = mark and (mark.kwargs.get("loop_scope") or mark.kwargs.get("scope"))
    loop_scope = named or node.config.getini("asyncio_default_test_loop_scope")
    return Side(node.name, "test", "function", str(loop_scope))


def async_sides(node: pytest.Item | pytest.Collector) -> list[Side]:
    """Return a test's async fixtures with their loop scopes."""
    return [
        _side_of_fixture(fixture, node.config)
        for fixture in fixtures_of(node).values()
        if is_async(fixture.func)
    ]


def running_side(node: pytest.Item | pytest.Collector, error: BaseException) -> Side:
    """Return what was running when an error came: an async fixture, or the test."""
    codes = [frame.f_code for frame, _ in users_frames(error)]
    for fixture in fixtures_of(node).values():
        if is_async(fixture.func) and code_of(fixture.func) in codes:
            return _side_of_fixture(fixture, node.config)
    return side_of_test(node)


def what_runs(node: pytest.Item | pytest.Collector, error: BaseException) -> str:
    """Say in whose code an error's innermost line of the user's stands."""
    for frame, _ in users_frames(error)[:1]:
        for name, fixture in fixtures_of(node).items():
            if code_of(fixture.func) is frame.f_code:
                return f"the {_sync(fixture.func)} fixture {name!r}"
        function = function_of(node)
        if function is None or code_of(function) is not frame.f_code:
            return f"{frame.f_code.co_name!r}"
        return f"the {_sync(function)} test {node.name!r}"
    return f"the test {node.name!r}"


def fixture_place(name: str, node: pytest.Item | pytest.Collector) -> str:
    """Return the line where a fixture of a test is defined."""
    fixture = fixtures_of(node).get(name)
    return def_place(fixture.func, node) if fixture else node.nodeid


def _sync(function: Callable[..., object]) -> str:
    return "async" if is_async(function) else "sync"


def _side_of_fixture(fixture: _Fixture, config: pytest.Config) -> Side:
    own = getattr(fixture.func, "_loop_scope", None)
    default = config.getini("asyncio_default_fixture_loop_scope")
    if default == "fixture-scope":
        default = None
    loop_scope = cast("str", own or default or fixture.scope)
    return Side(fixture.argname, "fixture", fixture.scope, loop_scope)
