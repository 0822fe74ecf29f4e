"""Rules on tests and fixtures that do not do what they look like."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..changes import (
    AddDecorator,
    DeleteItem,
    Insert,
    MakeAsync,
    RenameDefinition,
    Replace,
)
from ..rule import Fix, Rule
from ..running import (
    GETTERS_OF_RUNNING_LOOPS,
    always_runs,
    certain_calls,
    functions_on_asyncio,
    has_only_transparent_decorators,
    is_set_up_on_asyncio,
    origin_of_loop,
    runs_on_asyncio,
)
from ..suite import fixture_of, is_unittest_class
from ..syntax import FUNCTIONS, called, keyword, own_nodes, string
from ..yield_paths import second_yield

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture, Test
    from ..syntax import Function

# --- Rules: faults of tests and fixtures ----------------------------------------------

_AROUND_MODULES = (
    *("setup_module", "teardown_module", "setup_function", "teardown_function"),
)
_AROUND_METHODS = ("setup_method", "teardown_method")
_AROUND_CLASSES = (*_AROUND_METHODS, "setup_class", "teardown_class")
# What unittest calls, and what it awaits instead if there is any such thing.
_AROUND_UNITTESTS = {
    "setUp": "asyncSetUp",
    "tearDown": "asyncTearDown",
    "setUpClass": "",
    "tearDownClass": "",
}


class AsyncXunitSetup(Rule):
    """An async `setup_method`, or another such function of pytest's, is never awaited.

    pytest calls `setup_method`, `setup_class`, `setup_module`, `setup_function` and
    their counterparts for the teardown, and drops what they return. Of an `async
    def` that is a coroutine, of which nothing runs: `RuntimeWarning: coroutine
    'TestX.setup_method' was never awaited`, and tests that need what it sets up
    fail with an `AttributeError`. pytest-asyncio awaits fixtures; an autouse
    fixture does the same as the method. (In an `unittest.IsolatedAsyncioTestCase`,
    `asyncSetUp` is awaited.)

    Before:

        import asyncio

        import pytest


        class TestQueue:
            async def setup_method(self):
                self.queue = asyncio.Queue()
                await self.queue.put(1)

            @pytest.mark.asyncio
            async def test_has_an_item(self):
                assert await self.queue.get() == 1

    After, with --unsafe-fixes:

        import asyncio

        import pytest
        import pytest_asyncio


        class TestQueue:
            @pytest_asyncio.fixture(autouse=True)
            async def setup_method(self):
                self.queue = asyncio.Queue()
                await self.queue.put(1)

            @pytest.mark.asyncio
            async def test_has_an_item(self):
                assert await self.queue.get() == 1

    By hand: make it a fixture with `autouse=True`, of the scope "class" or "module"
    where it was to run once; in it, `yield` stands between setup and teardown.
    """

    code = "PTA203"
    name = "async-xunit-setup"
    message = "`async def {name}` is called, but never awaited"
    by_hand = (
        "make it a fixture: `@pytest_asyncio.fixture(autouse=True)`, with the `scope` "
        "and `loop_scope` that it needs"
    )
    words = (b"async def setup_", b"async def teardown_", b"async def setUp", b"Down")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the functions: of the module, and of classes that have tests."""
        tests = project.suite(module).tests
        if tests:
            for function in _async_functions(module, module.tree.body, _AROUND_MODULES):
                yield self.found(module, function, name=function.name)
        for owner in dict.fromkeys(test.owner for test in tests):
            if owner and is_unittest_class(module, owner):
                yield from self._of_unittest(module, owner)
            elif owner:
                mine = [test for test in tests if test.owner is owner]
                yield from self._of_class(module, owner, mine, project)

    def _of_class(
        self,
        module: Module,
        owner: ast.ClassDef,
        tests: Sequence[Test],
        project: Project,
    ) -> Iterator[Finding]:
        for function in _async_functions(module, owner.body, _AROUND_CLASSES):
            fix = None
            if function.name in _AROUND_METHODS:
                fix = _fixture_instead(module, owner, function, tests, project)
            yield self.found(module, function, fix, name=function.name)

    def _of_unittest(self, module: Module, owner: ast.ClassDef) -> Iterator[Finding]:
        bases = {module.qualified(base) for base in owner.bases}
        is_async = bases == {"unittest.IsolatedAsyncioTestCase"}
        if not is_async and bases != {"unittest.TestCase"}:
            return
        taken = {node.name for node in owner.body if isinstance(node, FUNCTIONS)}
        for function in _async_functions(module, owner.body, _AROUND_UNITTESTS):
            awaited = _AROUND_UNITTESTS[function.name]
            renamed = awaited and is_async and awaited not in taken
            fix = None
            if renamed and not _is_named(module, function.name):
                fix = Fix((RenameDefinition(function, awaited),))
            hint = (
                f"call it `{awaited}`, in a `unittest.IsolatedAsyncioTestCase`"
                if awaited
                else "unittest has no async counterpart: use `asyncSetUp`"
            )
            yield self.found(module, function, fix, hint, name=function.name)


def _async_functions(
    module: Module, body: Iterable[ast.stmt], names: Iterable[str]
) -> Iterator[ast.AsyncFunctionDef]:
    for node in body:
        if (
            isinstance(node, ast.AsyncFunctionDef)
            and node.name in names
            and has_only_transparent_decorators(module, node)
            and not fixture_of(module, node)
        ):
            yield node


def _fixture_instead(
    module: Module,
    owner: ast.ClassDef,
    function: ast.AsyncFunctionDef,
    tests: Sequence[Test],
    project: Project,
) -> Fix | None:
    """Return what makes a method an autouse fixture; None if that is for people."""
    asynchronous = [test for test in tests if test.is_async]
    loops = {project.loop_scope_of_test(test) for test in asynchronous}
    default = project.configuration(module.path).fixture_loop_scope or "function"
    run = all(runs_on_asyncio(test, project) for test in asynchronous)
    parameters = function.args.args
    if (
        (not run or loops - {default})
        or (function.decorator_list or not 1 <= len(parameters) <= 2)
        or (_is_named(module, function.name) or _yields(function))
        or _is_base(module, owner)
    ):
        return None
    changes: list[Change] = [
        AddDecorator(function, "pytest_asyncio.fixture(autouse=True)")
    ]
    for parameter in parameters[1:]:
        if any(_reads(node, parameter.arg) for node in own_nodes(function)):
            return None
        changes.append(DeleteItem(parameter, parameters))
    if function.name == "teardown_method":
        changes.append(Insert(function.body[_is_documented(function)], "yield"))
    return Fix(tuple(changes), is_safe=False, needs=("pytest_asyncio",))


def _is_documented(function: Function) -> bool:
    return ast.get_docstring(function) is not None and len(function.body) > 1


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _yields(function: Function) -> bool:
    kinds = (ast.Yield, ast.YieldFrom, ast.Return)
    return any(isinstance(node, kinds) for node in own_nodes(function))


def _is_named(module: Module, name: str) -> bool:
    """Tell whether a method is used as an attribute anywhere: `super().setUp`."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == name
        for node in ast.walk(module.tree)
    )


def _is_base(module: Module, owner: ast.ClassDef) -> bool:
    return any(
        isinstance(node, ast.ClassDef)
        and any(_reads(base, owner.name) for base in node.bases)
        for node in ast.walk(module.tree)
    )


class YieldInAsyncTest(Rule):
    """An async test that has a `yield` is never run.

    It is an async generator function. pytest-asyncio cannot run it and marks it as an
    expected failure, so that the run passes: `PytestCollectionWarning: Tests based on
    asynchronous generators are not supported. test_x will be ignored.`

    Before:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            yield asyncio.sleep(0)
            assert 1 + 1 == 3

    By hand: take `yield` out of the test. If it is to be a fixture, decorate it with
    `@pytest_asyncio.fixture`; if it has cases, use `pytest.mark.parametrize`.
    """

    code = "PTA204"
    name = "yield-in-async-test"
    message = "`{name}` has a `yield`, so that it is never run"
    by_hand = "take `yield` out, or make a fixture of the function"
    words = (b"yield",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield each such test, at its first `yield`."""
        for test in project.suite(module).tests:
            if (
                test.is_async
                and not test.is_others
                and has_only_transparent_decorators(module, test.function)
            ):
                yields = (
                    node
                    for node in own_nodes(test.function)
                    if isinstance(node, ast.Yield)
                )
                for node in list(yields)[:1]:
                    yield self.found(module, node, name=test.function.name)


_NEEDS_RUNNING_LOOP = ("asyncio.create_task", "asyncio.get_running_loop")
# These took any current loop once: whether there is one depends on the tests before.
_NEEDS_LOOP = ("asyncio.ensure_future", "aiohttp.ClientSession")


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
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
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
        or _calls(module, node, "asyncio.run")
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
        and _knows_pytest_asyncio(module, project)
    )
    return Fix(tuple(changes), is_safe=is_safe, needs=("pytest_asyncio",))


def _calls(module: Module, node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and module.qualified(node.func) == name


def _knows_pytest_asyncio(module: Module, project: Project) -> bool:
    """Tell whether the plugin is visibly in use, so that it can be imported."""
    configuration = project.configuration(module.path)
    return (
        any(name.startswith("asyncio_") for name in configuration.values)
        or b"pytest_asyncio" in module.raw
        or any(mark.name == "asyncio" for mark in project.suite(module).marks)
    )


_MADE_AT_IMPORT = {
    "asyncio.get_event_loop": "asyncio.get_event_loop",
    "asyncio.Future": "asyncio.Future",
    "asyncio.gather": "asyncio.gather",
    "asyncio.ensure_future": "asyncio.ensure_future",
    "asyncio.create_task": "asyncio.create_task",
    "asyncio.get_running_loop": "asyncio.get_running_loop",
}
# Other threads may well use a loop that is made at import.
_ACROSS_THREADS = (
    b"run_forever",
    b"run_coroutine_threadsafe",
    b"_threadsafe",
    b"Thread",
)
_WAITS = {
    "asyncio.Queue": ("get", "join"),
    "asyncio.LifoQueue": ("get", "join"),
    "asyncio.PriorityQueue": ("get", "join"),
    "asyncio.Event": ("wait",),
    "asyncio.Condition": ("wait", "wait_for"),
    "asyncio.Barrier": ("wait",),
}


class LoopAtImport(Rule):
    """What belongs to an event loop is made when the module is imported.

    No loop runs then, and none of those that tests run on is there yet. On Python 3.14
    the import fails: `RuntimeError: There is no current event loop in thread
    'MainThread'.` Before, a loop is made that no async test runs on, so that awaiting
    fails with `got Future <Future pending> attached to a different loop`; a queue or an
    event that the tests of several loops wait for `is bound to a different event loop`.

    Before:

        import asyncio

        import pytest

        answer = asyncio.Future()


        @pytest.mark.asyncio
        async def test_answer():
            answer.set_result(42)
            assert await answer == 42

    By hand: make it where it is used, or in an async fixture.
    """

    code = "PTA207"
    name = "loop-at-import"
    message = "`{call}()` at import: it does not belong to the loop of any test"
    by_hand = "make it in the test, or in an async fixture"
    words = (b"asyncio",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls outside of functions, in what pytest imports by itself."""
        suite = project.suite(module)
        is_conftest = module.path.name == "conftest.py"
        if not (suite.tests or suite.fixtures or is_conftest):
            return
        has_loop = any(
            _calls(module, node, "asyncio.set_event_loop")
            for node in _at_import(module.tree.body)
        )
        for call in _at_import(module.tree.body):
            if not isinstance(call, ast.Call) or keyword(call, "loop"):
                continue
            name = module.qualified(call.func)
            if (
                (name in _MADE_AT_IMPORT and not has_loop)
                or (
                    name == "asyncio.new_event_loop"
                    and _is_loop_of_tests(module, call, project)
                )
                or (name in _WAITS and _is_waited_for(module, call, name, project))
            ):
                yield self.found(module, call, call=name)


def _at_import(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield what certainly runs at import: nothing in `if`, `try`, or functions."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.Lambda, ast.GeneratorExp, ast.IfExp)):
            continue
        inner: list[ast.AST] = list(ast.iter_child_nodes(node))
        if isinstance(node, FUNCTIONS):
            optional = [each for each in node.args.kw_defaults if each]
            inner = [*node.decorator_list, *node.args.defaults, *optional]
        stack += inner[::-1]


def _global_of(module: Module, call: ast.Call) -> str:
    """Return the module's own name for what a call makes, if it has no other."""
    parent = module.parent(call)
    match parent:
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
        ) if module.parent(parent) is module.tree:
            return name if len(module.names.module.bindings[name]) == 1 else ""
        case _:
            return ""


def _is_global(module: Module, node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Name) or node.id != name:
        return False
    scope = module.names.scopes.get(node)
    return scope is not None and scope.reads_global(name)


def _is_loop_of_tests(module: Module, call: ast.Call, project: Project) -> bool:
    """Tell whether async tests use a loop made at import, and no thread does."""
    name = _global_of(module, call)
    if not name or any(word in module.raw for word in _ACROSS_THREADS):
        return False
    return any(
        _is_global(module, node, name)
        for function in functions_on_asyncio(module, project)
        for node in own_nodes(function)
    )


def _is_waited_for(module: Module, call: ast.Call, name: str, project: Project) -> bool:
    """Tell whether tests of several loops wait for a global."""
    variable = _global_of(module, call)
    waiting = [
        test
        for test in project.suite(module).tests
        if runs_on_asyncio(test, project)
        and project.loop_scope_of_test(test) == "function"
        and any(
            isinstance(node, ast.Await)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr in _WAITS[name]
            and _is_global(module, node.value.func.value, variable)
            for node in own_nodes(test.function)
        )
    ]
    return bool(variable) and len(waiting) > 1


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
    words = (b"yield",)

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell by a second word as well."""
        words = (b"imeout", b"TaskGroup", b"task_group", b"_after", b"CancelScope")
        return super().may_find(raw, project, path) and any(
            word in raw for word in words
        )

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
            return
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

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell by the number of words."""
        return super().may_find(raw, project, path) and (
            raw.count(b"yield") > 1 and b"fixture" in raw
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what comes second."""
        for fixture in project.suite(module).fixtures:
            second = second_yield(module, fixture.function)
            if second:
                yield self.found(module, second, fixture=fixture.name)


class RunInRunningLoop(Rule):
    """An event loop is started in an async test or fixture, where one runs already.

    A thread runs one loop at a time: `RuntimeError: asyncio.run() cannot be called
    from a running event loop`, `This event loop is already running`, or `Cannot run
    the event loop while another loop is running`.

    Before:

        import asyncio

        import pytest


        async def answer():
            return 42


        @pytest.mark.asyncio
        async def test_answer():
            assert asyncio.run(answer()) == 42

    After:

        import pytest


        async def answer():
            return 42


        @pytest.mark.asyncio
        async def test_answer():
            assert await answer() == 42

    By hand: await the coroutine. What has to have a loop of its own, a command line for
    example, is tested by a sync test, or in `asyncio.to_thread(...)`.
    """

    code = "PTA215"
    name = "run-in-running-loop"
    message = "`{call}()` fails in `{function}`, which a running event loop runs"
    by_hand = "await the coroutine, or make the test `def`"
    words = (b"asyncio.run", b"import run", b"run_until_complete", b"run_forever")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls in the code of tests and fixtures, not in functions in it."""
        if _allows_nesting(module, project):
            return
        for function in functions_on_asyncio(module, project):
            if _replaces_run(function):
                continue
            for call in certain_calls(module, function):
                name = _runner(module, call)
                if name:
                    fix = _awaited(module, call)
                    values = {"call": name, "function": function.name}
                    yield self.found(module, call, fix, **values)


def _allows_nesting(module: Module, project: Project) -> bool:
    modules = [module, *project.conftests(module.path)]
    return any(b"nest_asyncio" in each.raw for each in modules)


def _replaces_run(function: Function) -> bool:
    """Tell whether a test puts something else in the place of `asyncio.run`."""
    texts = [string(node) for node in ast.walk(function) if isinstance(node, ast.expr)]
    return any(
        text in {"run", "run_until_complete", "run_forever"}
        or text.endswith(("asyncio.run", "run_until_complete", "run_forever"))
        for text in texts
        if text
    )


def _runner(module: Module, call: ast.Call) -> str:
    if module.qualified(call.func) == "asyncio.run":
        return "asyncio.run"
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in {"run_until_complete", "run_forever"}
        and origin_of_loop(module, call.func.value)
    ):
        return call.func.attr
    return ""


def _awaited(module: Module, call: ast.Call) -> Fix | None:
    """Return what awaits the coroutine in the place of the call."""
    plain = (ast.Call, ast.Name, ast.Attribute, ast.Subscript)
    if call.keywords or len(call.args) != 1 or not isinstance(call.args[0], plain):
        return None
    code = f"await {module.segment(call.args[0])}"
    parent = module.parent(call)
    if isinstance(parent, ast.Await):
        return None
    if call in {getattr(parent, "value", None), getattr(parent, "func", None)} and (
        isinstance(parent, (ast.Attribute, ast.Subscript, ast.Call))
    ):
        code = f"({code})"
    return Fix((Replace(call, code),))


class LoopClosedByTest(Rule):
    """An async test closes or stops the event loop that it runs on.

    The loop is pytest-asyncio's. `close()` fails with `RuntimeError: Cannot close a
    running event loop`, `stop()` with `Event loop stopped before Future
    completed.`, and without a current loop what follows may find none: `There is no
    current event loop in thread 'MainThread'.`

    Before:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            loop = asyncio.get_running_loop()
            await asyncio.sleep(0)
            loop.close()

    By hand: delete the call. pytest-asyncio closes its loops; a loop that a test is to
    close is made by it, with `asyncio.new_event_loop()`, in a sync test.
    """

    code = "PTA217"
    name = "loop-closed-by-test"
    message = "`{call}` takes from pytest-asyncio the loop that `{function}` runs on"
    by_hand = "delete the call: pytest-asyncio closes its loops"
    words = (b"set_event_loop(", b".close()", b".stop()")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls in the code of tests and fixtures, not in functions in it."""
        if not any(word in module.raw for word in (b"_event_loop", b"_running_loop")):
            return
        for function, scope in functions_on_asyncio(module, project).items():
            calls = [*certain_calls(module, function)]
            sets = [each for each in calls if _calls(module, each, _SET_LOOP)]
            # A function's own loop is nobody's afterwards: what it sets is of no harm.
            ignored = (
                sets if scope == "function" or not all(map(_is_none, sets)) else []
            )
            for call in calls:
                text = _taking(module, call)
                if text and call not in ignored:
                    yield self.found(module, call, call=text, function=function.name)


_SET_LOOP = "asyncio.set_event_loop"


def _is_none(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=None)]:
            return True
        case _:
            return False


def _taking(module: Module, call: ast.Call) -> str:
    if _calls(module, call, _SET_LOOP) and _is_none(call):
        return "set_event_loop(None)"
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in {"close", "stop"}
        and origin_of_loop(module, call.func.value) in GETTERS_OF_RUNNING_LOOPS
        and _is_own(module, call, call.func.value)
    ):
        return f"{call.func.attr}()"
    return ""


def _is_own(module: Module, call: ast.Call, loop: ast.expr) -> bool:
    """Tell whether a loop is the running one: got by the function that calls."""
    if not isinstance(loop, ast.Name):
        return True
    binding = module.names.bindings(loop)[0]
    return module.function_of(binding) is module.function_of(call)


TEST_FAULT_RULES: tuple[Rule, ...] = (
    AsyncXunitSetup(),
    YieldInAsyncTest(),
    TaskInSyncFixture(),
    LoopAtImport(),
    TimeoutAroundYield(),
    TwoYields(),
    RunInRunningLoop(),
    LoopClosedByTest(),
)
