"""Rules on how tests come by async fixtures."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import AddParameter, Delete, Replace, ReplaceParameter
from ..fixture_uses import fixture_key, fixtures_asked_for, fixtures_of, tests_for
from ..rule import Fix, Rule
from ..running import (
    always_runs,
    certain_calls,
    has_only_transparent_decorators,
    is_set_up_on_asyncio,
    runs_on_asyncio,
    statement_of,
)
from ..suite import Fixture
from ..syntax import string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ..changes import Change
    from ..fixture_uses import FixtureKey
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: uses of async fixtures ----------------------------------------------------

# Whoever writes one of these may have another plugin or a hook that awaits fixtures.
_OTHER_AWAITERS = (
    *(b"pytest_fixture_setup", b"aiohttp.pytest_plugin", b"pytest_aiohttp"),
    *(b"anyio_backend", b"pytest_trio", b"pytest_twisted", b"pytest_tornasync"),
)
_OUR_WORDS = (b"pytest_asyncio", b"mark.asyncio", b"asyncio_mode")


class SyncTestTakesAsyncFixture(Rule):
    """A synchronous test takes an async fixture that no plugin awaits.

    In strict mode, pytest-asyncio sets up the fixtures of `pytest_asyncio.fixture`,
    also for synchronous tests, and leaves those of `pytest.fixture` to others. Since
    pytest 9 such a test fails: `'test_name' requested an async fixture 'client', with
    no plugin or hook that handled it. This is an error, as pytest does not natively
    support it.` Before, it got a coroutine that nobody awaited, with a warning.

    In auto mode, and by `pytest_asyncio.fixture`, a synchronous test gets what the
    fixture returns: that is left alone.

    Before:

        import pytest

        pytest_plugins = ["pytest_asyncio"]


        @pytest.fixture
        async def client():
            return "client"


        def test_name(client):
            assert client == "client"

    By hand: make the fixture by `pytest_asyncio.fixture`; and make the test `async def`
    if it uses something that belongs to the fixture's loop.
    """

    code = "PTA205"
    name = "sync-test-takes-async-fixture"
    message = "`{test}` is no `async def`, and nothing awaits the fixture `{fixture}`"
    by_hand = "make the fixture by `pytest_asyncio.fixture`, or the test `async def`"

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for such fixtures, here and in each conftest.py, and who takes them."""
        if b"def test" not in raw or project.configuration(path).mode != "strict":
            return False
        own = project.async_names.outline(path, raw)
        outlines = (own, *project.async_names.conftests(own.directory))
        names = {name for outline in outlines for name in outline.async_fixtures}
        wanted = b"|".join(sorted(name for name in names if name in raw))
        if not wanted:
            return False
        taking = rb"def[ \t]+test\w*\([^)]*\b(?:%b)\b"
        return any(
            b"async" not in raw[max(match.start() - 6, 0) : match.start()]
            for match in re.finditer(taking % wanted, raw)
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the parameters of synchronous tests that are such fixtures."""
        if not is_left_to_pytest(module, project):
            return
        for test in project.suite(module).tests:
            if test.is_async or test.is_others or test.is_unittest:
                continue
            for parameter in test.parameters:
                fixture = project.fixture(parameter.arg, module, test.owner)
                if fixture and fixture.is_async and fixture.made_by == "pytest":
                    yield self.found(
                        module,
                        parameter,
                        test=test.function.name,
                        fixture=fixture.name,
                    )


def is_left_to_pytest(module: Module, project: Project) -> bool:
    """Tell whether pytest-asyncio is used, in strict mode, and no other such plugin."""
    configuration = project.configuration(module.path)
    if configuration.mode != "strict":
        return False
    if configuration.text("anyio_mode") or configuration.text("trio_mode"):
        return False
    raws = [module.raw, *(each.raw for each in project.conftests(module.path))]
    if any(word in raw for raw in raws for word in _OTHER_AWAITERS):
        return False
    is_set = configuration.text("asyncio_mode") is not None
    return is_set or any(word in raw for raw in raws for word in _OUR_WORDS)


class GetfixturevalueOfAsyncFixture(Rule):
    """An async fixture is asked for by `getfixturevalue` while the loop runs.

    pytest-asyncio sets up an async fixture by running its loop, which an async test,
    or an async fixture, already does: `RuntimeError: Runner.run() cannot be called from
    a running event loop`. A fixture that has been set up before is only looked up, so
    that it may work after another test, and fail alone.

    Before:

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            return "client"


        @pytest.mark.asyncio
        async def test_name(request):
            client = request.getfixturevalue("client")
            assert client == "client"

    After:

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            return "client"


        @pytest.mark.asyncio
        async def test_name(client):
            assert client == "client"

    By hand: take the fixture as an argument. To choose between fixtures, ask for the
    value in a synchronous fixture, which runs before the test's loop does.
    """

    code = "PTA210"
    name = "getfixturevalue-of-async-fixture"
    message = (
        'the loop is running: `getfixturevalue("{asked}")` cannot set up the async '
        "fixture `{fixture}`"
    )
    by_hand = "take the fixture as an argument"
    words = (b"getfixturevalue",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield such calls in async tests and fixtures of pytest-asyncio's."""
        suite = project.suite(module)
        for test in suite.tests:
            if runs_on_asyncio(test, project):
                there = fixtures_of(test, project)
                yield from self._in_function(test, there, project)
        for fixture in suite.fixtures:
            if is_set_up_on_asyncio(fixture, project):
                yield from self._in_function(fixture, {}, project)

    def _in_function(
        self,
        asking: Test | Fixture,
        there: Mapping[FixtureKey, Fixture],
        project: Project,
    ) -> Iterator[Finding]:
        module, function = asking.module, asking.function
        taken = {each.arg for each in function.args.args}
        for call in certain_calls(module, function):
            name = _asked_value(module, call, function)
            if name is None or name in taken:
                continue
            fixture = _set_up_by(name, asking, there, project)
            if fixture and not _is_there_before(fixture, asking, project):
                fix = _as_argument(module, call, name, asking)
                yield self.found(module, call, fix, asked=name, fixture=fixture.name)


def _asked_value(module: Module, call: ast.Call, function: Function) -> str | None:
    """Return the name in `request.getfixturevalue("name")`."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="request") as owner, attr=attribute),
            args=[argument],
            keywords=[],
        ) if attribute == "getfixturevalue":
            bindings = module.names.bindings(owner)
            is_given = len(bindings) == 1 and bindings[0] in function.args.args
            return string(argument) if is_given else None
    return None


def _set_up_by(
    name: str,
    asking: Test | Fixture,
    there: Mapping[FixtureKey, Fixture],
    project: Project,
) -> Fixture | None:
    """Return an async fixture that a name has pytest set up, and that is not there."""
    first = project.fixture(name, asking.module, asking.owner)
    waiting = [first] if first else []
    seen: set[FixtureKey] = set()
    while waiting:
        fixture = waiting.pop()
        key = fixture_key(fixture)
        if key in there or key in seen:
            continue
        if is_set_up_on_asyncio(fixture, project):
            return fixture
        seen.add(key)
        waiting += fixtures_asked_for(fixture, project)
    return None


def _is_there_before(
    fixture: Fixture, asking: Test | Fixture, project: Project
) -> bool:
    """Tell whether a test that gets a fixture may have set up the other one before."""
    if fixture.is_autouse:
        return True
    if not isinstance(asking, Fixture):
        return False
    both = {fixture_key(fixture), fixture_key(asking)}
    return any(
        both <= set(fixtures_of(test, project))
        for test in tests_for(asking.module, project)
    )


def _as_argument(
    module: Module, call: ast.Call, name: str, asking: Test | Fixture
) -> Fix | None:
    """Return what makes a parameter of a value, if the code always asks for it."""
    function = asking.function
    if not _is_called_by_pytest(asking):
        return None
    statement = statement_of(module, call)
    if statement not in function.body or not always_runs(module, call, function):
        return None
    change = _without_call(module, call, name, function, statement)
    if change is None:
        return None
    return Fix((_parameter(module, name, function), change))


def _is_called_by_pytest(asking: Test | Fixture) -> bool:
    """Tell whether no decorator stands between a function and its arguments."""
    if isinstance(asking, Fixture):
        return len(asking.function.decorator_list) == 1
    return has_only_transparent_decorators(asking.module, asking.function)


def _without_call(
    module: Module,
    call: ast.Call,
    name: str,
    function: Function,
    statement: ast.stmt | None,
) -> Change | None:
    """Return what puts the name in the place of the call, if it is free for that."""
    bindings = module.names.scopes[function].bindings.get(name, [])
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if (
            target == name and value is call
        ):
            return Delete(statement) if bindings == [statement] else None
    used = {each.id for each in walk(function) if isinstance(each, ast.Name)}
    return None if name in used or bindings else Replace(call, name)


def _parameter(module: Module, name: str, function: Function) -> Change:
    """Return what adds a parameter, in the place of `request` if that is not needed."""
    request = next(each for each in function.args.args if each.arg == "request")
    uses = [
        each
        for each in walk(function)
        if isinstance(each, ast.Name) and request in module.names.bindings(each)
    ]
    if len(uses) > 1:
        return AddParameter(function, name)
    return ReplaceParameter(request, name)


ASYNC_FIXTURE_RULES: tuple[Rule, ...] = (
    SyncTestTakesAsyncFixture(),
    GetfixturevalueOfAsyncFixture(),
)
