"""A function that asks for the current event loop, and who may give it one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .syntax import FUNCTIONS, mentions_name, string

if TYPE_CHECKING:
    from .project import Project
    from .source import Module
    from .suite import Fixture, Test
    from .syntax import Function

# --- Callers of get_event_loop --------------------------------------------------------

_NOT_ON_ASYNCIO = ("anyio", "trio")
# Fixtures of plugins that have a loop for whoever asks for them.
_LOOP_FIXTURE = re.compile(r"loop|aiohttp_client|aiohttp_server")
_BUILT_IN_FIXTURES = frozenset(
    {
        *("cache", "capfd", "capfdbinary", "caplog", "capsys", "capsysbinary"),
        *("mocker", "monkeypatch", "pytestconfig", "record_property", "recwarn"),
        *("request", "subtests", "testdir", "pytester", "tmp_path", "tmpdir"),
        *("tmp_path_factory", "tmpdir_factory"),
    }
)
_ASYNC_BASE = re.compile(r"async|aio|loop", re.IGNORECASE)
# Fixtures that fixtures ask for, and bases of classes, are followed this far.
_MOST_STEPS = 5


class LoopCaller:
    """A function that asks for the current event loop."""

    def __init__(self, module: Module, project: Project, function: Function) -> None:
        """Say which function."""
        self.module, self.project, self.function = module, project, function

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        return isinstance(self.function, ast.AsyncFunctionDef)

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class that it is in."""
        parent = self.module.parent(self.function)
        return parent if isinstance(parent, ast.ClassDef) else None

    @property
    def test(self) -> Test | None:
        """The test that it is; None if it is none."""
        tests = self.project.suite(self.module).tests
        return next((each for each in tests if each.function is self.function), None)

    @property
    def fixture(self) -> Fixture | None:
        """The fixture that it is; None if it is none."""
        fixtures = self.project.suite(self.module).fixtures
        return next((each for each in fixtures if each.function is self.function), None)

    def is_others(self) -> bool:
        """Tell whether it, or what it stands in, is run by another plugin."""
        around = {self.function, *self.module.parents(self.function)}
        suite = self.project.suite(self.module)
        return any(
            test.function in around and test.is_others for test in suite.tests
        ) or any(
            fixture.function in around and fixture.made_by in _NOT_ON_ASYNCIO
            for fixture in suite.fixtures
        )

    def is_given_a_loop(self) -> bool:
        """Tell whether somebody sets a current loop for it, as far as can be seen."""
        return (
            _sets_loop(self.function)
            or any(_sets_loop_at_import(place) for place in self._places())
            or any(_gives_loop(each) for each in self.fixtures())
            or any(map(_LOOP_FIXTURE.search, self._unknown_fixtures()))
            or (
                self.owner is not None and self._is_async_class(self.module, self.owner)
            )
        )

    def _places(self) -> list[Module]:
        return [self.module, *self.project.conftests(self.module.path)]

    def fixtures(self) -> list[Fixture]:
        """Return the project's fixtures that are set up for it, but itself."""
        found: list[Fixture] = [
            fixture
            for place in self._places()
            for fixture in self.project.suite(place).fixtures
            if fixture.is_autouse and fixture.function is not self.function
        ]
        for name in self._asked_for():
            self._follow(name, found)
        return found

    def _asked_for(self) -> list[str]:
        test, asking = self.test, self.test or self.fixture
        names = [each.arg for each in asking.parameters] if asking else []
        for mark in test.marks if test else ():
            if mark.name == "usefixtures" and isinstance(mark.node, ast.Call):
                names += [string(each) or "" for each in mark.node.args]
        return names

    def _follow(self, name: str, found: list[Fixture], depth: int = 0) -> None:
        fixture = self.project.fixture(name, self.module, self.owner)
        if fixture is None or fixture in found or depth > _MOST_STEPS:
            return
        if fixture.function is not self.function:
            found.append(fixture)
            for argument in fixture.parameters:
                self._follow(argument.arg, found, depth + 1)

    def _unknown_fixtures(self) -> set[str]:
        return {
            name
            for name in self._asked_for()
            if self.project.fixture(name, self.module, self.owner) is None
        }

    def has_only_known_fixtures(self) -> bool:
        """Tell whether no plugin, as far as is known, gives it something of a loop."""
        known = self._unknown_fixtures() <= _BUILT_IN_FIXTURES
        return known and not any(_asks_for_loop(each) for each in self.fixtures())

    def _is_async_class(
        self, module: Module, node: ast.ClassDef, depth: int = 0
    ) -> bool:
        for base in node.bases:
            if _ASYNC_BASE.search(module.qualified(base)):
                return True
            found = self.project.definition(module, base)
            if (
                found
                and isinstance(found.node, ast.ClassDef)
                and depth < _MOST_STEPS
                and self._is_async_class(found.module, found.node, depth + 1)
            ):
                return True
        return False


def _sets_loop(node: ast.AST) -> bool:
    return mentions_name(node, "set_event_loop")


def _sets_loop_at_import(module: Module) -> bool:
    return any(
        _sets_loop(node)
        for node in module.tree.body
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef))
    )


def _gives_loop(fixture: Fixture) -> bool:
    """Tell whether there is a current loop once a fixture is set up."""
    return (
        fixture.is_async
        or fixture.made_by == "pytest_asyncio"
        or fixture.name in {"event_loop", "loop"}
        or _sets_loop(fixture.function)
    )


def _asks_for_loop(fixture: Fixture) -> bool:
    return mentions_name(fixture.function, "get_event_loop", "new_event_loop")
