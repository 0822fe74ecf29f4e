"""A rule on sync fixtures that ask for the current event loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..changes import Change, DeleteTogether, MakeAsync, Replace
from ..current_loop_uses import use_of_current_loop
from ..fixture_users import users_of
from ..function_changes import AwaitArgument
from ..loop_uses import means_itself, runs_loops_itself
from ..references import spelled
from ..rule import Fix, Rule
from ..running import certain_calls, is_set_up_on_asyncio, runs_on_asyncio
from ..source import NotFixableError
from ..syntax import called, mentions_name, own_nodes
from .event_loop_fixture import changes_onto_loop, is_plain_fixture
from .fixture_faults import knows_pytest_asyncio
from .get_event_loop import LoopGetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..fixture_users import Users
    from ..loop_callers import LoopCaller
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture

# --- Rules: get_event_loop in sync fixtures -------------------------------------------


class GetEventLoopInSyncFixture(LoopGetter):
    """A sync fixture asks for the current event loop.

    `RuntimeError: There is no current event loop in thread 'MainThread'.` A sync
    fixture is set up before the loop of the test is there. If there is a loop at all it
    is another one, and what is bound to it fails in the test: `got Future <Future
    pending> attached to a different loop`.

    Before:

        import asyncio

        import pytest


        @pytest.fixture
        def started():
            loop = asyncio.get_event_loop()
            return loop.time()


        @pytest.mark.asyncio
        async def test_time(started):
            assert asyncio.get_running_loop().time() >= started

    After:

        import asyncio

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def started():
            loop = asyncio.get_running_loop()
            return loop.time()


        @pytest.mark.asyncio
        async def test_time(started):
            assert asyncio.get_running_loop().time() >= started

    By hand: make the fixture async, with the loop scope of the tests that use it; a
    sync test that uses it becomes async too. It becomes async where all tests and
    fixtures that use it are seen to be so, on a loop of the scope of its own. Otherwise
    it stays sync, and `@pytest_asyncio.fixture` gives it the loop as the current one,
    if pytest-asyncio is visibly there.
    """

    code = "PTA113"
    name = "get-event-loop-in-sync-fixture"
    message = "`get_event_loop()` in a sync fixture: it is not the loop of the test"
    by_hand = "make the fixture async and call `asyncio.get_running_loop()`"

    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield the calls of sync fixtures."""
        fixture = caller.fixture
        if (
            fixture is None
            or fixture.is_async
            or fixture.made_by != "pytest"
            or fixture.name in {"event_loop", "event_loop_policy"}
            or caller.is_given_a_loop()
        ):
            return
        certain = [
            each
            for each in certain_calls(caller.module, caller.function)
            if each in calls
        ]
        fix = _async_fixture_fix(caller, fixture, calls)
        if fix is None or not fix.is_safe:
            fix = _fix_that_sets_loop(caller, fixture, calls) or fix
        for call in certain:
            yield self.found(caller.module, call, fix)


def _fix_that_sets_loop(
    caller: LoopCaller, fixture: Fixture, calls: Sequence[ast.Call]
) -> Fix | None:
    """Return what makes the loop that is there the current one for a fixture."""
    module, project = caller.module, caller.project
    use = use_of_current_loop(module, fixture.function, calls)
    if (
        use.closers
        or not is_plain_fixture(fixture)
        or not knows_pytest_asyncio(module, project)
        or not means_itself(module, fixture.function, "pytest_asyncio", project)
        or any(test.is_others for test in users_of(fixture, project).tests)
        or any(
            getattr(module.parent(other), "attr", "") in {"close", "stop"}
            for other in use.others
        )
    ):
        return None
    changes = changes_onto_loop(fixture, project)
    return Fix(tuple(changes), needs=("pytest_asyncio",))


def _async_fixture_fix(
    caller: LoopCaller, fixture: Fixture, calls: Sequence[ast.Call]
) -> Fix | None:
    module, function = caller.module, fixture.function
    use = use_of_current_loop(module, function, calls)
    if (
        not isinstance(function, ast.FunctionDef)
        or fixture.scope != "function"
        or len(function.decorator_list) > 1
        or use.closers
        or mentions_name(function, "run_forever", "stop", "is_running", "close")
        or any(isinstance(node, ast.YieldFrom) for node in own_nodes(function))
        or runs_loops_itself(module, function, use.runs)
    ):
        return None
    users = users_of(fixture, caller.project)
    if any(test.is_others for test in users.tests):
        return None
    try:
        decorator = spelled(module, "pytest_asyncio.fixture", called(fixture.decorator))
        getters = [each for each in calls if not _is_run(module, each)]
        running = [spelled(module, "asyncio.get_running_loop", calls[0].func)]
    except NotFixableError:
        return None
    changes: list[Change] = [
        MakeAsync(function),
        Replace(called(fixture.decorator), decorator.code),
        *map(AwaitArgument, use.runs),
    ]
    if use.runs and not use.others:
        changes += [DeleteTogether(use.makers)] if use.makers else []
    else:
        changes += [Replace(each.func, running[0].code) for each in getters]
    needs = (*decorator.needs, *running[0].needs)
    is_safe = not fixture.is_autouse and _are_on_its_loop(
        users, fixture, caller.project
    )
    return Fix(tuple(changes), is_safe, needs)


def _are_on_its_loop(users: Users, fixture: Fixture, project: Project) -> bool:
    """Tell whether all users of a fixture are async, on the loop that it would have."""
    scope = project.loop_scope_of_fixture(fixture)
    return (
        users.are_all
        and users.there_are
        and all(
            runs_on_asyncio(test, project) and project.loop_scope_of_test(test) == scope
            for test in users.tests
        )
        and all(
            is_set_up_on_asyncio(each, project)
            and project.loop_scope_of_fixture(each) == scope
            for each in users.fixtures
        )
    )


def _is_run(module: Module, call: ast.Call) -> bool:
    parent = module.parent(call)
    return isinstance(parent, ast.Attribute) and parent.attr == "run_until_complete"


FIXTURE_GETTER_RULES: tuple[Rule, ...] = (GetEventLoopInSyncFixture(),)
