"""A rule on what sync tests and fixtures call, where that asks for an event loop."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import MakeAsync
from ..fixture_users import same_fixture, users_of
from ..function_changes import MakeAsyncWithMark
from ..loop_asker_names import NamesOfAskers
from ..loop_askers import Asker, SearchForLoop, SyncRun, dotted_name
from ..loop_callers import LoopCaller
from ..loop_uses import means_itself, runs_loops_itself
from ..project import Definition
from ..rule import Fix, Rule
from ..running import (
    has_only_transparent_decorators,
    is_set_up_on_asyncio,
    runs_on_asyncio,
)
from ..suite import Fixture
from ..syntax import FUNCTIONS, has_yields, mentions_name, walk
from .event_loop_fixture import changes_onto_loop, is_plain_fixture
from .fixture_faults import knows_pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: what asks for a loop in what is called ------------------------------------

_SYNC_TEST = re.compile(rb"\n[ \t]*def test")
# A test or fixture with one of these has to do with loops itself: see other rules.
_ABOUT_LOOPS = (
    *("set_event_loop", "new_event_loop", "get_event_loop", "get_running_loop"),
    *("Runner", "run_until_complete", "run_forever", "create_task", "ensure_future"),
)
_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run"})
_RUNS_LOOPS = re.compile(
    rb"\brun_(?:until_complete|forever)\b|\b(?:asyncio|anyio|trio)\.(?:run|Runner)\b"
)
_HOOK_OR_SETUP = re.compile(r"pytest_|set_?up|tear_?down", re.IGNORECASE)


class LoopAskedForByCallee(Rule):
    """A sync test or fixture calls what asks for an event loop.

    `RuntimeError: There is no current event loop in thread 'MainThread'.` No loop runs
    while pytest sets up a plain fixture or calls a sync test, and none is the current
    one: pytest-asyncio left one behind up to version 1.3, and Python made one up to
    version 3.13. What the test calls, often a class of the project's own, calls
    `asyncio.get_event_loop()`, `asyncio.Future()` or the like all the same.

    `@pytest_asyncio.fixture` makes its loop the current one for a sync fixture, and for
    the test that asks for it.

    Before:

        # client.py
        import asyncio


        class Client:
            def __init__(self, loop=None):
                self.loop = loop or asyncio.get_event_loop()

        # test_it.py
        import pytest

        from client import Client


        @pytest.fixture
        def client():
            return Client()


        @pytest.mark.asyncio
        async def test_client(client):
            assert client.loop.is_running()

    After:

        # client.py
        import asyncio


        class Client:
            def __init__(self, loop=None):
                self.loop = loop or asyncio.get_event_loop()

        # test_it.py
        import pytest
        import pytest_asyncio

        from client import Client


        @pytest_asyncio.fixture
        def client():
            return Client()


        @pytest.mark.asyncio
        async def test_client(client):
            assert client.loop.is_running()

    By hand: make the test `async def`, or make what it tests in a fixture below
    `@pytest_asyncio.fixture`. Or let the library ask for a loop later, in its
    coroutines.
    """

    code = "PTA219"
    name = "loop-asked-for-by-callee"
    message = (
        "`{call}()` asks for an event loop, and there is none: `{what}()` in {where}"
    )
    by_hand = "make the test async, or the fixture `@pytest_asyncio.fixture`"

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for names of the project's whose code may ask for a loop."""
        if (
            b"fixture" not in raw
            and not raw.startswith(b"def test")
            and not _SYNC_TEST.search(raw)
        ):
            return False
        outline = project.async_names.outline(path, raw)
        return NamesOfAskers(project).any_in(outline)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each test or fixture, at its first such call."""
        search = SearchForLoop(project)
        suite = project.suite(module)
        asking_ones: list[Test | Fixture] = [*suite.tests, *suite.fixtures]
        for asking in asking_ones:
            if not search.may_ask(asking) or not _is_without_loop(asking, project):
                continue
            found = _first_that_asks(asking, search, project)
            if found and not _is_for_other_plugins(asking, project):
                call, asked = found
                if isinstance(asking, Fixture):
                    fix = _fix_of_fixture(asking, project)
                else:
                    fix = _fix_of_test(asking, asked, project)
                yield self.found(
                    module,
                    call,
                    fix,
                    call=dotted_name(call.func),
                    what=asked.what,
                    where=_where(asked, project),
                )


def _where(asked: Asker, project: Project) -> str:
    """Return what asks for a loop, with its file and line."""
    definition = asked.where
    owner = f"{definition.owner.name}." if definition.owner else ""
    path = definition.module.path.absolute()
    root = project.configuration(path).root
    place = path.relative_to(root).as_posix() if root in path.parents else path.name  # type: ignore[arg-type]  # it is in no path if it is None
    return f"`{owner}{definition.node.name}` at {place}:{asked.line}"


def _is_without_loop(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether nobody is seen to give a sync test or fixture a loop."""
    module, function = asking.module, asking.function
    if isinstance(asking, Fixture):
        if asking.made_by != "pytest" or asking.name in {"event_loop", "loop"}:
            return False
    elif _is_elsewhere(asking):
        return False
    return not (
        _is_about_loops(asking)
        or LoopCaller(module, project, function).is_given_a_loop()
        or _is_set_up_with_loop(module, project)
    )


def _is_for_other_plugins(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether tests of another plugin ask for a fixture."""
    return isinstance(asking, Fixture) and any(
        _is_elsewhere(test) for test in users_of(asking, project).tests
    )


def _is_elsewhere(test: Test) -> bool:
    return test.is_others or test.is_unittest


def _runs_something(module: Module, function: Function) -> bool:
    return any(
        isinstance(node, ast.Call) and module.qualified(node.func) in _RUNNERS
        for node in walk(function)
    )


def _is_set_up_with_loop(module: Module, project: Project) -> bool:
    """Tell whether a hook, or a setup in pytest's old style, may set a loop."""
    places = (module, *project.conftests(module.path))
    return any(
        isinstance(node, FUNCTIONS)
        and _HOOK_OR_SETUP.match(node.name)
        and mentions_name(node, "set_event_loop", "new_event_loop")
        for place in places
        if b"event_loop" in place.raw
        for node in walk(place.tree)
    )


def _first_that_asks(
    asking: Test | Fixture, search: SearchForLoop, project: Project
) -> tuple[ast.Call, Asker] | None:
    """Return the first call of a test or fixture by which a loop is asked for."""
    module = asking.module
    run = SyncRun(Definition(module, asking.function, asking.owner))
    for call in search.certain(run):
        asked = search.asked_by(run, call, 1)
        if (
            asked
            and not _is_reported_there(asked, project)
            and not _has_lasting_loop(asking, project)
            and not _may_be_mocked(asking, asked, project)
        ):
            return call, asked
    return None


def _is_reported_there(asked: Asker, project: Project) -> bool:
    """Tell whether a helper of tests runs the loop itself: other rules find that."""
    module, node = asked.where.module, asked.where.node
    return (
        isinstance(node, FUNCTIONS)
        and runs_loops_itself(module, node, ())
        and project.is_of_tests(module)
    )


def _has_lasting_loop(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether a loop of other tests may still be the current one."""
    module = asking.module
    configuration = project.configuration(module.path)
    scopes = {configuration.test_loop_scope, configuration.fixture_loop_scope}
    marks = project.suite(module).marks
    said = any(
        mark.argument(name)
        for mark in marks
        if mark.name == "asyncio"
        for name in ("loop_scope", "scope")
    )
    return said or not scopes <= {"function", None, ""}


def _may_be_mocked(asking: Test | Fixture, asked: Asker, project: Project) -> bool:
    """Tell whether a mock may stand in for something on the way to the loop."""
    module = asking.module
    start, end = module.span_with_decorators(asking.owner or asking.function)
    texts = [
        module.text[start:end],
        *(
            fixture.module.segment(fixture.function)
            for fixture in _set_up_before(asking, project)
        ),
    ]
    either = "|".join(map(re.escape, sorted(asked.names)))
    strings = rf"""["'](?:[\w.:]*[.:])?(?:{either})["']"""
    replaced = re.compile(rf"{strings}|\.(?:{either})[ \t]*=(?!=)")
    return any(replaced.search(text) for text in texts)


def _set_up_before(asking: Test | Fixture, project: Project) -> Iterator[Fixture]:
    """Yield the fixtures that may be set up before a test or fixture runs."""
    yield from LoopCaller(asking.module, project, asking.function).fixtures()
    if isinstance(asking, Fixture):
        users = users_of(asking, project)
        for test in users.tests:
            for fixture in LoopCaller(test.module, project, test.function).fixtures():
                if not any(same_fixture(fixture, each) for each in users.fixtures):
                    yield fixture


def _fix_of_fixture(fixture: Fixture, project: Project) -> Fix | None:
    """Return what gives a fixture a current loop."""
    module, function = fixture.module, fixture.function
    if not is_plain_fixture(fixture) or not means_itself(
        module, function, "pytest_asyncio", project
    ):
        return None
    changes = [*changes_onto_loop(fixture, project)]
    is_safe = (
        not fixture.is_autouse
        and knows_pytest_asyncio(module, project)
        and _users_are_fit(fixture, fixture, project, set())
    )
    return Fix(tuple(changes), is_safe, needs=("pytest_asyncio",))


def _users_are_fit(
    fixture: Fixture, wanted: Fixture, project: Project, seen: set[Function]
) -> bool:
    """Tell whether all that ask for a fixture do well with a current loop.

    Async ones on the same loop do, and sync ones that run no loop themselves.
    """
    if fixture.function in seen:
        return True
    seen.add(fixture.function)
    users = users_of(fixture, project)
    scope = project.loop_scope_of_fixture(wanted)
    return (
        users.are_all
        and users.there_are
        and all(_is_fit_test(test, scope, project) for test in users.tests)
        and all(
            _is_fit_fixture(each, scope, project)
            and (not each.is_autouse)
            and (_users_are_fit(each, wanted, project, seen))
            for each in users.fixtures
        )
    )


def _is_fit_test(test: Test, scope: str | None, project: Project) -> bool:
    if test.is_async:
        on_loop = runs_on_asyncio(test, project)
        return on_loop and project.loop_scope_of_test(test) == scope
    return not _is_about_loops(test)


def _is_fit_fixture(fixture: Fixture, scope: str | None, project: Project) -> bool:
    if fixture.is_async:
        on_loop = is_set_up_on_asyncio(fixture, project)
        return on_loop and project.loop_scope_of_fixture(fixture) == scope
    return not _is_about_loops(fixture)


def _fix_of_test(test: Test, asked: Asker, project: Project) -> Fix | None:
    """Return what makes a test async, so that its loop is the current one.

    As it is it fails. It would do so on a loop that runs as well, only where something
    runs the loop itself.
    """
    module, function = test.module, test.function
    if (
        not isinstance(function, ast.FunctionDef)
        or has_yields(function)
        or not has_only_transparent_decorators(module, function)
        or runs_loops_itself(module, function, ())
    ):
        return None
    is_safe = knows_pytest_asyncio(module, project) and not (
        _RUNS_LOOPS.search(asked.where.module.raw)
        or _RUNS_LOOPS.search(module.raw)
        or any(map(_is_about_loops, _set_up_before(test, project)))
        or _is_called(module, function)
    )
    is_auto = project.configuration(module.path).mode == "auto"
    if is_auto or test.mark("asyncio"):
        return Fix((MakeAsync(function),), is_safe)
    if not means_itself(module, function, "pytest", project):
        return None
    marked = MakeAsyncWithMark(function, "pytest.mark.asyncio")
    return Fix((marked,), is_safe, needs=("pytest",))


def _is_about_loops(asking: Test | Fixture) -> bool:
    """Tell whether a test or fixture runs a loop, or asks for one."""
    return mentions_name(asking.function, *_ABOUT_LOOPS) or _runs_something(
        asking.module, asking.function
    )


def _is_called(module: Module, function: Function) -> bool:
    """Tell whether a test is named anywhere else in its module."""
    return len(re.findall(rf"\b{function.name}\b", module.text)) > 1


CALLEE_OF_LOOP_RULES: tuple[Rule, ...] = (LoopAskedForByCallee(),)
