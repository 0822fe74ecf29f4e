"""Rules on how fixtures are declared, and which loops they run on."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import AddKeyword, Replace
from ..fixture_uses import (
    fixture_key,
    fixtures_asked_for,
    fixtures_of,
    tests_for,
)
from ..references import spelled
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..syntax import called, keyword, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture, Test

# --- Rules: fixtures and their loops --------------------------------------------------

_WIDTHS = ("function", "class", "module", "package", "session")
_OTHERS = re.compile(rb"anyio_backend|pytest_trio|pytest_twisted|trio_mode")
_OTHERS_SETTINGS = ("anyio_mode", "trio_mode")


def _by_pytest_asyncio(module: Module, fixture: Fixture) -> Fix | None:
    """Return what makes a plain fixture one of pytest-asyncio's."""
    plain = called(fixture.decorator)
    try:
        own = spelled(module, "pytest_asyncio.fixture", plain)
    except NotFixableError:
        return None
    return Fix((Replace(plain, own.code),), needs=own.needs)


def _is_for_others(fixture: Fixture, project: Project) -> bool:
    """Tell whether another plugin may be there to run an async fixture."""
    configuration = project.configuration(fixture.module.path)
    if any(name in configuration.values for name in _OTHERS_SETTINGS):
        return True
    files = (fixture.module, *project.conftests(fixture.module.path))
    return any(_OTHERS.search(module.raw) for module in files) or any(
        mark.name in {"anyio", "trio"} for mark in project.suite(fixture.module).marks
    )


def _runs_by_pytest_asyncio(test: Test, project: Project) -> bool:
    """Tell whether it is pytest-asyncio that runs a test."""
    if not test.is_async or test.is_others or test.is_unittest:
        return False
    is_auto = project.configuration(test.module.path).mode == "auto"
    return is_auto or test.mark("asyncio") is not None


class PlainAsyncFixture(Rule):
    """An async fixture is made by `pytest.fixture`, in strict mode.

    In strict mode, which is the default, pytest-asyncio leaves the fixtures of
    `pytest.fixture` to other plugins. If there is none, a test does not get what the
    fixture yields. Since pytest 9 it fails: `'test_greets' requested an async fixture
    'client', with no plugin or hook that handled it. This is an error, as pytest does
    not natively support it.`

    A fixture is left alone if tests for anyio or trio get it, or if nothing shows that
    tests for asyncio do.

    Before:

        import pytest


        @pytest.fixture
        async def client():
            yield "client"


        @pytest.mark.asyncio
        async def test_greets(client):
            assert client

    After:

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            yield "client"


        @pytest.mark.asyncio
        async def test_greets(client):
            assert client

    By hand: where the fixture is for tests of several plugins, keep one for each, or
    set `asyncio_mode = auto` if asyncio is the only one.
    """

    code = "PTA107"
    name = "plain-async-fixture"
    message = (
        "in strict mode, the async fixture `{name}` needs `pytest_asyncio.fixture`"
    )
    by_hand = "make it by `pytest_asyncio.fixture`, with the same arguments"
    words = (b"fixture",)
    pattern = re.compile(rb"\basync[ \t]+def\b")

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether a file has async functions and fixtures, in strict mode."""
        is_possible = super().may_find(raw, project, path)
        return is_possible and project.configuration(path).mode == "strict"

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each such fixture that tests for asyncio get."""
        plain = [
            fixture
            for fixture in project.suite(module).fixtures
            if fixture.is_async and fixture.made_by == "pytest"
        ]
        if not plain or project.configuration(module.path).mode != "strict":
            return
        tests = [*tests_for(module, project)]
        others = _fixtures_of_others(tests, project)
        wanted = _fixtures_for_asyncio(module, tests, project)
        for fixture in plain:
            key = fixture_key(fixture)
            if key in wanted and key not in others:
                fix = _by_pytest_asyncio(module, fixture)
                yield self.found(module, fixture.function, fix, name=fixture.name)


def _fixtures_of_others(tests: list[Test], project: Project) -> set[object]:
    return {
        key
        for test in tests
        if test.is_others
        or any(each.arg == "anyio_backend" for each in test.parameters)
        for key in fixtures_of(test, project)
    }


def _fixtures_for_asyncio(
    module: Module, tests: list[Test], project: Project
) -> set[object]:
    """Return the fixtures that tests or fixtures for asyncio get.

    If no other plugin is in sight, those of a module that knows pytest-asyncio count
    as well: their tests may be elsewhere.
    """
    found: set[object] = set()
    for test in tests:
        if _runs_by_pytest_asyncio(test, project):
            found |= {
                key
                for key, fixture in fixtures_of(test, project).items()
                if not _asks_for_backend(fixture)
            }
    for fixture in project.suite(module).fixtures:
        if fixture.made_by == "pytest_asyncio":
            found |= {
                fixture_key(each) for each in fixtures_asked_for(fixture, project)
            }
        elif b"pytest_asyncio" in module.raw and not _is_for_others(fixture, project):
            found.add(fixture_key(fixture))
    return found


def _asks_for_backend(fixture: Fixture) -> bool:
    return any(each.arg == "anyio_backend" for each in fixture.parameters)


class FixtureWiderThanLoop(Rule):
    """An async fixture outlives the event loop that it runs on.

    `scope` says how long the fixture is kept, `loop_scope` which loop it runs on; where
    that is not said, `asyncio_default_fixture_loop_scope` counts. A fixture that is
    kept for longer than its loop cannot be set up: `ScopeMismatch: You tried to access
    the function scoped fixture _function_scoped_runner with a session scoped request
    object.`

    Before:

        # pytest.ini
        [pytest]
        asyncio_default_fixture_loop_scope = function
        # conftest.py
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="session")
        async def server():
            yield "server"

    After:

        # pytest.ini
        [pytest]
        asyncio_default_fixture_loop_scope = function
        # conftest.py
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="session", loop_scope="session")
        async def server():
            yield "server"

    By hand: tests that wait for something of that fixture's, a connection or a task,
    have to run on the same loop: `@pytest.mark.asyncio(loop_scope="session")`.
    """

    code = "PTA110"
    name = "fixture-wider-than-its-loop"
    message = "`{name}` is kept for the {scope}, its event loop only for the {loop}"
    by_hand = "give it a `loop_scope` that is as wide as its `scope`"
    words = (b"scope",)
    pattern = re.compile(rb"\basync[ \t]+def\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each fixture with a scope wider than its loop's."""
        is_auto = project.configuration(module.path).mode == "auto"
        for fixture in project.suite(module).fixtures:
            is_plain = fixture.made_by == "pytest"
            if fixture.made_by != "pytest_asyncio" and not (is_plain and is_auto):
                continue
            loop = project.loop_scope_of_fixture(fixture)
            if not _is_wider(fixture.scope, loop) or not _runs_on_loop(fixture):
                continue
            if is_plain and _is_for_others(fixture, project):
                continue
            fix = _with_wide_loop(module, fixture)
            yield self.found(
                module,
                fixture.function,
                fix,
                name=fixture.name,
                scope=fixture.scope,
                loop=loop,
            )


def _runs_on_loop(fixture: Fixture) -> bool:
    """Tell whether a fixture needs a loop: pytest-asyncio gives one to all its own."""
    return fixture.is_async or fixture.made_by == "pytest_asyncio"


def _is_wider(scope: str, loop: str | None) -> bool:
    if scope not in _WIDTHS or loop not in _WIDTHS:
        return False
    return _WIDTHS.index(scope) > _WIDTHS.index(loop)


def _with_wide_loop(module: Module, fixture: Fixture) -> Fix | None:
    call = fixture.decorator
    scope = keyword(call, "scope")
    if not isinstance(call, ast.Call) or scope is None or string(scope.value) is None:
        return None
    said = keyword(call, "loop_scope")
    code = module.segment(scope.value)
    change: Change
    change = Replace(said.value, code) if said else AddKeyword(call, "loop_scope", code)
    if fixture.made_by == "pytest_asyncio":
        return Fix((change,))
    own = _by_pytest_asyncio(module, fixture)
    return Fix((*own.changes, change), needs=own.needs) if own else None


FIXTURE_RULES: tuple[Rule, ...] = (PlainAsyncFixture(), FixtureWiderThanLoop())
