"""Rules on what fixtures do where no loop runs, or a second time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..changes import (
    MakeAsync,
    Replace,
)
from ..glances import decorated, twice
from ..rule import Fix, Rule
from ..running import (
    always_runs,
    certain_calls,
    is_call_of,
    is_set_up_on_asyncio,
)
from ..syntax import FUNCTIONS, called, keyword, own_nodes, string, walk
from ..yield_paths import second_yield

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture

# --- Rules: faults of fixtures --------------------------------------------------------

_NEEDS_RUNNING_LOOP = ("asyncio.create_task", "asyncio.get_running_loop")


# These took any current loop once: whether there is one depends on the tests before.


class TaskInSyncFixture(Rule):
    """A sync fixture makes what needs a running event loop.

    pytest sets up sync fixtures while no loop runs: `asyncio.create_task()`,
    `asyncio.get_running_loop()` and `aiohttp.ClientSession()` fail with `RuntimeError:
    no running event loop`. An async fixture is set up in the loop.

    Before:

        import asyncio

        import pytest


        async def serve():
            await asyncio.sleep(3600)


        @pytest.fixture
        def server():
            task = asyncio.create_task(serve())
            yield task
            task.cancel()


        @pytest.mark.asyncio
        async def test_serves(server):
            assert not server.done()

    After:

        import asyncio

        import pytest
        import pytest_asyncio


        async def serve():
            await asyncio.sleep(3600)


        @pytest_asyncio.fixture
        async def server():
            task = asyncio.create_task(serve())
            yield task
            task.cancel()


        @pytest.mark.asyncio
        async def test_serves(server):
            assert not server.done()

    By hand: make the fixture `async def` with `@pytest_asyncio.fixture`, on the loop of
    the tests that use it.
    """

    code = "PTA206"
    name = "task-in-sync-fixture"
    message = "the sync fixture `{fixture}` has no running event loop for `{call}()`"
    by_hand = "make the fixture `async def`, with `@pytest_asyncio.fixture`"
    words = (b"create_task", b"get_running_loop", b"ensure_future", b"ClientSession")
    pattern = decorated(
        "fixture",
        "def ",
        "create_task|get_running_loop|ensure_future|ClientSession",
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each fixture, at its first such call."""
        for fixture in project.suite(module).fixtures:
            if fixture.is_async or fixture.made_by not in {"pytest", "pytest_asyncio"}:
                continue
            if _has_loop_by_itself(module, fixture):
                continue
            for call in certain_calls(module, fixture.function):
                name = module.qualified(call.func)
                if name in _NEEDS_RUNNING_LOOP or _needs_current(fixture, call, name):
                    fix = _async_instead(module, fixture, call, name, project)
                    values = {"fixture": fixture.name, "call": name}
                    yield self.found(module, call, fix, **values)
                    break


def _has_loop_by_itself(module: Module, fixture: Fixture) -> bool:
    """Tell whether a loop may be there: one that it sets, asks for, or is called in."""
    names = {parameter.arg for parameter in fixture.parameters}
    if names & {"event_loop", "loop"}:
        return True
    calls = [node for node in walk(module.tree) if isinstance(node, ast.Call)]
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "getfixturevalue"
        and (not call.args or string(call.args[0]) in {None, fixture.name})
        for call in calls
    ) or any(
        module.qualified(node.func) == "asyncio.set_event_loop"
        for node in own_nodes(fixture.function)
        if isinstance(node, ast.Call)
    )


def _needs_current(fixture: Fixture, call: ast.Call, name: str) -> bool:
    told = any(keyword(call, each) for each in ("loop", "connector"))
    if name == "asyncio.ensure_future":
        # pytest-asyncio has a loop at hand for its sync fixtures, and one may stem from
        # an async fixture that this one asks for.
        alone = not {each.arg for each in fixture.parameters} - {"request"}
        return not told and fixture.made_by == "pytest" and alone
    return not told and name == "aiohttp.ClientSession"


def _async_instead(
    module: Module, fixture: Fixture, call: ast.Call, name: str, project: Project
) -> Fix | None:
    """Return what makes a fixture async; None if its loop would not be the tests'."""
    function = fixture.function
    configured = project.configuration(module.path).fixture_loop_scope or "function"
    runs = any(
        isinstance(node, ast.YieldFrom)
        or (isinstance(node, ast.Attribute) and node.attr.startswith("run_"))
        or is_call_of(module, node, "asyncio.run")
        for node in own_nodes(function)
    )
    if (
        (not isinstance(function, ast.FunctionDef) or runs)
        or len(function.decorator_list) > 1
        or not {fixture.scope, fixture.loop_scope or configured} <= {"function"}
    ):
        return None
    changes: list[Change] = [MakeAsync(function)]
    if fixture.made_by == "pytest":
        changes.append(Replace(called(fixture.decorator), "pytest_asyncio.fixture"))
    # Where the call always fails as it is, nothing can become worse.
    is_safe = (
        name in _NEEDS_RUNNING_LOOP
        and always_runs(module, call, function)
        and knows_pytest_asyncio(module, project)
    )
    return Fix(tuple(changes), is_safe=is_safe, needs=("pytest_asyncio",))


def knows_pytest_asyncio(module: Module, project: Project) -> bool:
    """Tell whether the plugin is visibly in use, so that it can be imported."""
    configuration = project.configuration(module.path)
    return (
        any(name.startswith("asyncio_") for name in configuration.values)
        or b"pytest_asyncio" in module.raw
        or any(mark.name == "asyncio" for mark in project.suite(module).marks)
    )


_GROUPS = (
    *("asyncio.timeout", "asyncio.timeout_at", "asyncio.TaskGroup"),
    *("async_timeout.timeout", "async_timeout.timeout_at"),
    *("anyio.create_task_group", "anyio.fail_after", "anyio.move_on_after"),
    *("anyio.CancelScope", "aiotools.TaskGroup"),
)


class TimeoutAroundYield(Rule):
    """A timeout or a task group is around the `yield` of an async fixture.

    pytest-asyncio runs setup and teardown of a fixture in two tasks, and the test in a
    third one. `asyncio.timeout()` around the `yield` never ends the test; a `TaskGroup`
    cancels the setup's task, which has long ended, when a task in it fails; anyio says
    `Attempted to exit cancel scope in a different task than it was entered in`.

    Before:

        import asyncio

        import pytest_asyncio


        @pytest_asyncio.fixture
        async def group():
            async with asyncio.TaskGroup() as group:
                yield group

    By hand: put the timeout into the test (or use `pytest-timeout`); let one task
    of the fixture's own enter and leave the group, and end it in the teardown.
    """

    code = "PTA208"
    name = "timeout-around-yield"
    message = "`{group}` is entered in one task and left in another one"
    by_hand = "put it into the test, or into a task that the fixture starts and ends"
    words = (b"imeout", b"TaskGroup", b"task_group", b"_after", b"CancelScope")
    pattern = decorated("fixture", "async def ", r"\byield\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what is around the first `yield` of each async fixture."""
        for fixture in project.suite(module).fixtures:
            if not is_set_up_on_asyncio(fixture, project):
                continue
            for node in own_nodes(fixture.function):
                if isinstance(node, ast.Yield):
                    for entered, group in _entered_around(module, node):
                        yield self.found(module, entered, group=group)
                    break


def _entered_around(module: Module, node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield the timeouts and groups whose blocks a node is in."""
    previous = node
    for parent in module.parents(node):
        if isinstance(parent, FUNCTIONS):
            break
        if isinstance(parent, (ast.With, ast.AsyncWith)) and previous in parent.body:
            for item in parent.items:
                group = _group(module, item.context_expr)
                if group:
                    yield item.context_expr, group
        previous = parent


def _group(module: Module, node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        match module.names.bindings(node):
            case [ast.Assign(targets=[ast.Name()], value=ast.Call() as value)]:
                node = value
            case _:
                return ""
    if not isinstance(node, ast.Call):
        return ""
    name = module.qualified(node.func)
    match node.args:
        case [ast.Constant(value=None)]:
            return ""
        case _:
            return name if name in _GROUPS else ""


class TwoYields(Rule):
    """A fixture can yield twice.

    A fixture yields once: before is the setup, behind is the teardown. An async one
    that yields again fails the test's teardown with `ValueError: Async generator
    fixture didn't stop.Yield only once.`, a sync one with `fixture function has
    more than one 'yield'`.

    Before:

        import pytest_asyncio


        @pytest_asyncio.fixture
        async def port():
            yield 8000
            yield 8001

    By hand: yield once; for several values use `params`, or yield a tuple. Where a
    condition chooses, use `else`, or `return` behind the first `yield`.
    """

    code = "PTA209"
    name = "two-yields"
    message = "the fixture `{fixture}` yields for a second time here"
    by_hand = "yield once: a tuple, or with `params`; or `return` behind the first one"
    words = (b"yield",)
    pattern = decorated(r"\bfixture\b", r"(?:async[ \t]+)?def\b", twice(r"\byield\b"))

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell by the number of words, before all else."""
        is_possible = raw.count(b"yield") > 1 and b"fixture" in raw
        return is_possible and super().may_find(raw, project, path)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what comes second."""
        for fixture in project.suite(module).fixtures:
            second = second_yield(module, fixture.function)
            if second:
                yield self.found(module, second, fixture=fixture.name)


FIXTURE_FAULT_RULES: tuple[Rule, ...] = (
    TaskInSyncFixture(),
    TimeoutAroundYield(),
    TwoYields(),
)
