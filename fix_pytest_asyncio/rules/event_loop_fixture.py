"""Rules on who takes the fixture `event_loop`, which pytest-asyncio 1.0 removed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import AddDecorator, AddKeyword, MakeAsync, Replace
from ..fixture_users import users_of
from ..function_changes import InsertFunction, MakeAsyncWithMark
from ..loop_adaption import ADAPTED_NEEDS, loop_fixture_code
from ..loop_overrides import LOOP_NAME, is_asyncios
from ..loop_uses import LoopUses, looks_at_tasks, means_itself, runs_loops_itself
from ..rule import Fix, Rule
from ..suite import Fixture, Test, mark_name
from ..syntax import called, has_yields, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..syntax import Function

# --- Rules: the event_loop fixture ----------------------------------------------------

LOOP_WORD = re.compile(rb"\bevent_loop\b")
# What may stand on a test that becomes async: these know both kinds of functions.
_KNOWN_DECORATORS = ("hypothesis.", "unittest.mock.patch", "mock.patch", "staticmethod")


def loop_argument(
    asking: Test | Fixture, project: Project, name: str = LOOP_NAME
) -> ast.arg | None:
    """Return the parameter that was given pytest-asyncio's loop; None if none was."""
    for argument in asking.parameters:
        if argument.arg == name and is_asyncios(
            name, asking.module, asking.owner, project
        ):
            return argument
    return None


def loop_askers(module: Module, project: Project) -> Iterator[Test | Fixture]:
    """Yield the tests and fixtures of a module that pytest-asyncio may run."""
    suite = project.suite(module)
    yield from (test for test in suite.tests if _may_be_on_asyncio(test))
    yield from (fixture for fixture in suite.fixtures if _may_be_on_asyncio(fixture))


def _may_be_on_asyncio(asking: Test | Fixture) -> bool:
    if isinstance(asking, Test):
        return not (asking.is_others or asking.is_unittest)
    return asking.made_by in {"pytest", "pytest_asyncio"} and asking.name != LOOP_NAME


def fix_of_async(module: Module, uses: LoopUses, project: Project) -> Fix | None:
    """Return what makes an async function find its loop; None if it misuses it."""
    if uses.wrong or not _names_are_free(module, uses.function, uses.needs, project):
        return None
    return Fix(uses.changes(), needs=uses.needs)


def _names_are_free(
    module: Module, function: Function, names: tuple[str, ...], project: Project
) -> bool:
    return all(means_itself(module, function, name, project) for name in names)


def goes_without_loop(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether there is a safe fix that takes a loop's parameter away."""
    argument = loop_argument(asking, project)
    if not argument:
        return asking.is_async  # it asks by a mark
    fix: Fix | None
    if asking.is_async:
        uses = LoopUses.of(asking.module, asking.function, argument)
        fix = fix_of_async(asking.module, uses, project)
    elif isinstance(asking, Fixture):
        fix = _fix_of_sync_fixture(asking, argument, project)
    else:
        fix = _Conversion(project).fix(asking)
    return bool(fix and fix.is_safe)


class LoopArgument(Rule):
    """An async test or fixture takes `event_loop`.

    pytest-asyncio 1.0 removed that fixture, so that setting up fails with `fixture
    'event_loop' not found`. Where the project has an `event_loop` of its own, it is any
    other fixture now: the loop that it gives is not the one that the test runs on, and
    what is made on it fails with `attached to a different loop` or waits for ever.

    Before:

        import pytest


        @pytest.mark.asyncio
        async def test_answers(event_loop, server):
            task = event_loop.create_task(server.serve())
            assert await server.answer() == 42
            task.cancel()

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_answers(server):
            event_loop = asyncio.get_running_loop()
            task = event_loop.create_task(server.serve())
            assert await server.answer() == 42
            task.cancel()
    """

    code = "PTA101"
    name = "event-loop-argument"
    message = "`{function}` takes `event_loop`, which pytest-asyncio 1.0 removed"
    by_hand = (
        "take the parameter away, and the loop from `asyncio.get_running_loop()` where "
        "it is needed."
    )
    words = (b"event_loop",)
    pattern = LOOP_WORD

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the parameters of async tests and fixtures."""
        for asking in loop_askers(module, project):
            argument = loop_argument(asking, project) if asking.is_async else None
            if argument:
                uses = LoopUses.of(module, asking.function, argument)
                yield self.found(
                    module,
                    argument,
                    fix_of_async(module, uses, project),
                    _RUNNING_BY_HAND if uses.wrong else "",
                    function=asking.function.name,
                )


_RUNNING_BY_HAND = (
    "the loop runs while this code does, and pytest-asyncio closes it: await what it "
    "is to run, delete `close()`, and take it from `asyncio.get_running_loop()`."
)


class LoopInSyncTest(Rule):
    """A sync test takes `event_loop`.

    pytest-asyncio 1.0 removed that fixture, so that the test fails with `fixture
    'event_loop' not found`. What it ran on the loop can be awaited.

    Before:

        import pytest


        def test_answers(event_loop, client):
            answer = event_loop.run_until_complete(client.ask("why"))
            assert answer == 42

    After:

        import pytest


        @pytest.mark.asyncio
        async def test_answers(client):
            answer = await client.ask("why")
            assert answer == 42

    Where a test hands the loop on, runs it in functions of its own or does not use it,
    it stays as it is, and the module gets a fixture that gives the loop that is there:

        @pytest_asyncio.fixture
        def event_loop():
            return asyncio.get_event_loop()

    By hand: one that closes the loop makes one itself: `with asyncio.Runner() as
    runner: runner.run(...)`.
    """

    code = "PTA102"
    name = "event-loop-in-sync-test"
    message = "sync test `{function}` takes `event_loop`, which pytest-asyncio removed"
    by_hand = (
        "make it `async def`, await what the loop ran and take the loop from "
        "`asyncio.get_running_loop()`; or keep it sync and run things in "
        "`with asyncio.Runner() as runner:` (before Python 3.11: `asyncio.run()`)."
    )
    words = (b"event_loop",)
    pattern = LOOP_WORD

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the parameters of sync tests."""
        for asking in loop_askers(module, project):
            argument = loop_argument(asking, project)
            if isinstance(asking, Test) and not asking.is_async and argument:
                fix = _Conversion(project).fix(asking)
                if fix is None or not fix.is_safe:
                    fix = _fix_that_gives_loop(module, project) or fix
                name = asking.function.name
                yield self.found(module, argument, fix, function=name)


def _fix_that_gives_loop(module: Module, project: Project) -> Fix | None:
    """Return what lets the sync tests of a module go on asking; None if others do.

    A fixture of pytest-asyncio's may be sync, and is given the loop as the current one.
    """
    asking: list[Test] = []
    for each in loop_askers(module, project):
        argument = loop_argument(each, project)
        if argument is None:
            continue
        if isinstance(each, Fixture) or each.is_async or has_yields(each.function):
            return None
        uses = LoopUses.of(module, each.function, argument)
        if uses.closes(module) or goes_without_loop(each, project):
            return None
        asking.append(each)
    if not asking or any(
        project.fixture(LOOP_NAME, module, each.owner) for each in asking
    ):
        return None
    change = change_that_gives_loop(asking[0], project)
    return Fix((change,), needs=ADAPTED_NEEDS) if change else None


def change_that_gives_loop(
    test: Test, project: Project, also: AddDecorator | None = None
) -> Change | None:
    """Return what gives a module the fixture `event_loop`, by which it is there.

    All tests of a module want it at the same place.
    """
    module = test.module
    if LOOP_NAME in module.names.module.bound or not all(
        means_itself(module, test.function, name, project) for name in ADAPTED_NEEDS
    ):
        return None
    tests = project.suite(module).tests
    first = min(tests, key=lambda each: each.function.lineno).function
    outermost = module.outermost(first)
    code = loop_fixture_code("pytest_asyncio.fixture")
    return InsertFunction(outermost, code, also)


class LoopInSyncFixture(Rule):
    """A sync fixture takes `event_loop`.

    pytest-asyncio 1.0 removed that fixture, so that setting up fails with `fixture
    'event_loop' not found`. As an async fixture it is on the loop itself.

    Before:

        import pytest


        @pytest.fixture
        def server(event_loop):
            server = event_loop.run_until_complete(start_server())
            yield server
            event_loop.run_until_complete(server.stop())

    After:

        import pytest_asyncio


        @pytest_asyncio.fixture
        async def server():
            server = await start_server()
            yield server
            await server.stop()

    Where that might not do, it stays sync, and `@pytest_asyncio.fixture` alone gives it
    the loop, which it finds by `asyncio.get_event_loop()`: where it is autouse, where a
    sync test or fixture asks for it, where it hands the loop on, looks at its tasks or
    runs it in functions of its own.
    """

    code = "PTA103"
    name = "event-loop-in-sync-fixture"
    message = (
        "sync fixture `{function}` takes `event_loop`, which pytest-asyncio removed"
    )
    by_hand = (
        "make it `@pytest_asyncio.fixture` and `async def`, await what the loop ran, "
        "also behind the `yield`, and see to it that what asks for it is async."
    )
    words = (b"event_loop",)
    pattern = LOOP_WORD

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the parameters of sync fixtures."""
        for asking in loop_askers(module, project):
            argument = loop_argument(asking, project)
            if isinstance(asking, Fixture) and not asking.is_async and argument:
                fix = _fix_of_sync_fixture(asking, argument, project)
                name = asking.function.name
                yield self.found(module, argument, fix, function=name)


def _fix_of_sync_fixture(
    fixture: Fixture, argument: ast.arg, project: Project
) -> Fix | None:
    fix = _Conversion(project).fix(fixture)
    if fix is None or not fix.is_safe:
        return fix_that_stays_sync(fixture, argument, project) or fix
    return fix


def fix_that_stays_sync(
    fixture: Fixture, argument: ast.arg, project: Project
) -> Fix | None:
    """Return what gives a sync fixture its loop without a parameter; None if unfit.

    pytest-asyncio makes the loop of a test the current one for its own fixtures also
    where these are sync, so that they can run it.
    """
    module, function = fixture.module, fixture.function
    uses = LoopUses.of(module, function, argument)
    needs = ("pytest_asyncio", *(["asyncio"] if uses.are_any else []))
    if (
        not is_plain_fixture(fixture)
        or uses.closes(module)
        or not _names_are_free(module, function, needs, project)
    ):
        return None
    changes = [*uses.changes_that_stay_sync(), *changes_onto_loop(fixture, project)]
    is_safe = not _Conversion(project).leaves_loop_behind(fixture)
    return Fix(tuple(changes), is_safe, needs)


class _Conversion:
    """Sync tests and fixtures that take a loop become async: all that share fixtures.

    A fixture that is async while a test that asks for it is not, or the reverse, may
    leave the two on different loops.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._seen: set[tuple[Module, Function]] = set()

    def fix(self, asking: Test | Fixture) -> Fix | None:
        """Return what makes one async; it is safe if it is for all that go with it."""
        own = self._own_fix(asking)
        if own is None or not own.is_safe:
            return own
        return own._replace(is_safe=self._all_can(asking))

    def _all_can(self, asking: Test | Fixture) -> bool:
        place = (asking.module, asking.function)
        if asking.is_async or place in self._seen:
            return True
        self._seen.add(place)
        own = self._own_fix(asking)
        return bool(own and own.is_safe) and all(
            self._all_can(other) for other in self._others(asking)
        )

    def _others(self, asking: Test | Fixture) -> Iterator[Test | Fixture]:
        """Yield the fixtures with a loop that one asks for, and who asks for it."""
        for argument in asking.parameters:
            found = self._project.fixture(argument.arg, asking.module, asking.owner)
            if (
                found
                and _may_be_on_asyncio(found)
                and loop_argument(found, self._project)
            ):
                yield found
        if isinstance(asking, Fixture):
            yield from self._users(asking)

    def _users(self, fixture: Fixture) -> Iterator[Test | Fixture]:
        users = users_of(fixture, self._project)
        yield from users.tests
        yield from users.fixtures

    def leaves_loop_behind(self, fixture: Fixture) -> bool:
        """Tell whether who asks for a fixture stays on the project's own loop.

        Without such a loop there is nothing that worked before.
        """
        if not self._project.fixture(LOOP_NAME, fixture.module, fixture.owner):
            return False
        for user in self._users(fixture):
            if not user.is_async and loop_argument(user, self._project):
                own = self._own_fix(user)
                if own is None or not own.is_safe:
                    return True
        return False

    def _own_fix(self, asking: Test | Fixture) -> Fix | None:
        argument = loop_argument(asking, self._project)
        function = asking.function
        if argument is None or not isinstance(function, ast.FunctionDef):
            return None
        uses = LoopUses.of(asking.module, function, argument)
        if (
            uses.wrong
            or runs_loops_itself(asking.module, function, uses.awaited)
            or looks_at_tasks(asking.module, function)
        ):
            return None
        if isinstance(asking, Test):
            fix = self._fix_of_test(asking, function, uses)
        else:
            fix = self._fix_of_fixture(asking, function, uses)
        if fix is None or not _names_are_free(
            asking.module, function, fix.needs, self._project
        ):
            return None
        return fix

    def _fix_of_test(
        self, test: Test, function: ast.FunctionDef, uses: LoopUses
    ) -> Fix | None:
        if has_yields(function):
            return None
        needs = uses.needs
        configuration = self._project.configuration(test.module.path)
        change: Change = MakeAsync(function)
        if configuration.mode == "strict" and not test.mark("asyncio"):
            change = MakeAsyncWithMark(function, "pytest.mark.asyncio")
            needs = (*needs, "pytest")
        is_safe = (
            bool(uses.awaited) and not uses.passed and _decorators_take_async(test)
        )
        return Fix((change, *uses.changes()), is_safe, needs)

    def _fix_of_fixture(
        self, fixture: Fixture, function: ast.FunctionDef, uses: LoopUses
    ) -> Fix | None:
        if not _can_be_async_fixture(fixture):
            return None
        on_loop = changes_onto_loop(fixture, self._project)
        changes = [MakeAsync(function), *uses.changes(), *on_loop]
        is_safe = (
            not uses.passed
            and not fixture.is_autouse
            and users_of(fixture, self._project).are_all
        )
        return Fix(tuple(changes), is_safe, needs=(*uses.needs, "pytest_asyncio"))


def changes_onto_loop(fixture: Fixture, project: Project) -> Iterator[Change]:
    """Yield what makes a fixture one of pytest-asyncio's, on the loop that it had."""
    if fixture.made_by == "pytest":
        yield Replace(called(fixture.decorator), "pytest_asyncio.fixture")
    scope = _loop_scope_to_say(fixture, project)
    if scope and isinstance(fixture.decorator, ast.Call):
        yield AddKeyword(fixture.decorator, "loop_scope", f'"{scope}"')


def _loop_scope_to_say(fixture: Fixture, project: Project) -> str:
    """Return the scope of a fixture's loop if it is wide; nothing if it goes unsaid."""
    if fixture.scope == "function" or fixture.loop_scope:
        return ""
    override = project.fixture(LOOP_NAME, fixture.module, fixture.owner)
    if override and override.scope in {"package", "session"}:
        return override.scope
    configuration = project.configuration(fixture.module.path)
    is_default = configuration.fixture_loop_scope in {fixture.scope, "session"}
    return "" if is_default else fixture.scope


def _decorators_take_async(test: Test) -> bool:
    """Tell whether all decorators of a test are fit for an async one."""
    return all(
        mark_name(test.module, each)
        or test.module.qualified(called(each)).startswith(_KNOWN_DECORATORS)
        for each in test.function.decorator_list
    )


def is_plain_fixture(fixture: Fixture) -> bool:
    """Tell whether nothing but its one decorator says what a fixture is."""
    scopes = {"function", "class", "module", "package", "session"}
    return len(fixture.function.decorator_list) == 1 and fixture.scope in scopes


def _can_be_async_fixture(fixture: Fixture) -> bool:
    nodes = [*own_nodes(fixture.function)]
    returns = any(isinstance(node, ast.Return) and node.value for node in nodes)
    return (
        is_plain_fixture(fixture)
        and not (has_yields(fixture.function) and returns)
        and not any(isinstance(node, ast.YieldFrom) for node in nodes)
    )


EVENT_LOOP_RULES: tuple[Rule, ...] = (
    LoopArgument(),
    LoopInSyncTest(),
    LoopInSyncFixture(),
)
