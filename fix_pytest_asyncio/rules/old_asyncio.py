"""Rules on what asyncio used to have."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from ..changes import (
    AddDecorator,
    Change,
    Delete,
    DeleteDecorator,
    DeleteItem,
    DeleteTogether,
    MakeAsync,
    Replace,
    ReplaceWord,
)
from ..fixture_users import users_of
from ..function_changes import AwaitArgument, MakeAsyncWithMark
from ..loop_adaption import ADAPTED_NEEDS
from ..loop_overrides import LOOP_NAME, LoopOverride
from ..loop_uses import means_itself, runs_loops_itself
from ..references import call_of, is_guarded, references, spelled, uses_of
from ..rule import Fix, Rule
from ..running import (
    certain_calls,
    has_only_transparent_decorators,
    is_set_up_on_asyncio,
    runs_on_asyncio,
)
from ..source import NotFixableError
from ..syntax import FUNCTIONS, called, keyword, own_nodes, string, walk
from .event_loop_fixture import (
    change_that_gives_loop,
    changes_onto_loop,
    is_plain_fixture,
)
from .fixture_faults import knows_pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..fixture_users import Users
    from ..project import Definition, Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture, Test
    from ..syntax import Function

# --- Rules: old asyncio ---------------------------------------------------------------

_LOOP_GETTERS = ("asyncio.get_event_loop", "asyncio.events.get_event_loop")
_INSPECTS = "inspect.iscoroutinefunction"
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
_XUNIT = frozenset(
    {
        *("setUp", "setUpClass", "tearDown", "tearDownClass", "setup", "teardown"),
        *("setup_method", "setup_class", "setup_function", "setup_module"),
        *("teardown_method", "teardown_class", "teardown_function"),
        "teardown_module",
    }
)
_ASYNC_BASE = re.compile(r"async|aio|loop", re.IGNORECASE)
# What runs more than once would do so on several loops.
_REPEATING = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp)
# What belongs to the current loop when it is made.
_BOUND_TO_LOOP = ("Future", "StreamReader", "ensure_future", "gather", "shield")
# Fixtures that fixtures ask for, and bases of classes, are followed this far.
_MOST_STEPS = 5


class _LoopGetter(Rule):
    """A rule on `asyncio.get_event_loop()` in what belongs to tests."""

    words = (b"get_event_loop",)
    pattern = re.compile(rb"\bget_event_loop\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what is found in the functions that call it."""
        calls: dict[Function, list[ast.Call]] = {}
        for function in references(module, *_LOOP_GETTERS):
            call = call_of(module, function)
            owner = module.function_of(call) if call else None
            if call and isinstance(owner, FUNCTIONS):
                calls.setdefault(owner, []).append(call)
        if calls and project.is_of_tests(module):
            for owner, inner in calls.items():
                yield from self.check_function(
                    LoopCaller(module, project, owner), inner
                )

    @abstractmethod
    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield what is found in a function, whose calls are these."""


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


def mentions_name(node: ast.AST, *names: str) -> bool:
    """Tell whether code has names, or attributes, like these."""
    return any(
        getattr(each, "attr", None) in names or getattr(each, "id", None) in names
        for each in walk(node)
    )


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


class GetEventLoopInAsync(_LoopGetter):
    """Async code asks for an event loop that might not be the running one.

    `asyncio.get_event_loop()` has two meanings. In a coroutine it returns the loop that
    runs it; elsewhere it made a loop up to Python 3.13, and raises `RuntimeError: There
    is no current event loop in thread 'MainThread'.` since. `get_running_loop` has the
    first meaning alone.

    Before:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_time():
            loop = asyncio.get_event_loop()
            assert loop.time()

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_time():
            loop = asyncio.get_running_loop()
            assert loop.time()

    By hand: where `asyncio` is the name of something else, import it by another.
    """

    code = "PTA111"
    name = "get-event-loop-in-async"
    message = "`get_event_loop()` in async code: `get_running_loop()` is what it means"
    by_hand = "call `asyncio.get_running_loop()`"

    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield the calls in coroutines."""
        if not caller.is_async or caller.is_others():
            return
        for call in calls:
            if not isinstance(caller.module.parent(call), ast.Compare):
                fix = _running_loop_fix(caller.module, call)
                yield self.found(caller.module, call, fix)


def _running_loop_fix(module: Module, call: ast.Call) -> Fix | None:
    try:
        name = spelled(module, "asyncio.get_running_loop", call.func)
    except NotFixableError:
        return None
    return Fix((Replace(call.func, name.code),), needs=name.needs)


@dataclass
class _LoopUse:
    """What a function does with the current event loop.

    Attributes:
        runs: The calls of `run_until_complete`.
        makers: The statements that give the loop a name.
        closers: The statements that close it.
        others: Other uses of it.
    """

    runs: list[ast.Call] = field(default_factory=list[ast.Call])
    makers: list[ast.stmt] = field(default_factory=list[ast.stmt])
    closers: list[ast.stmt] = field(default_factory=list[ast.stmt])
    others: list[ast.AST] = field(default_factory=list[ast.AST])


def _use_of_loop(
    module: Module, function: Function, calls: Iterable[ast.Call]
) -> _LoopUse:
    found = _LoopUse()
    for call in calls:
        statement = module.parent(call)
        target = _only_target(module, statement)
        if target and isinstance(statement, ast.stmt):
            found.makers.append(statement)
            for use in uses_of(module, target):
                _sort_use(module, function, use, found)
        else:
            _sort_use(module, function, call, found)
    return found


def _only_target(module: Module, statement: ast.AST) -> ast.Name | None:
    """Return the local name that a statement binds, if nothing else binds it."""
    match statement:
        case ast.Assign(targets=[ast.Name() as target]):
            bindings = module.names.bindings(target)
            return target if list(bindings) == [statement] else None
    return None


def _sort_use(
    module: Module, function: Function, use: ast.expr, found: _LoopUse
) -> None:
    attribute = module.parent(use)
    if isinstance(attribute, ast.Attribute) and module.function_of(use) is function:
        call = call_of(module, attribute)
        statement = module.parent(call) if call else None
        if call and attribute.attr == "run_until_complete" and _has_one(call):
            found.runs.append(call)
            return
        if attribute.attr == "close" and isinstance(statement, ast.Expr):
            found.closers.append(statement)
            return
    found.others.append(use)


def _has_one(call: ast.Call) -> bool:
    return (
        len(call.args) == 1
        and not call.keywords
        and not isinstance(call.args[0], ast.Starred)
    )


class GetEventLoopInSyncTest(_LoopGetter):
    """A sync test runs a coroutine on an event loop that may not be there.

    `RuntimeError: There is no current event loop in thread 'MainThread'.` On Python
    3.14 always, and before it whenever an async test, or `asyncio.run`, ran earlier:
    the outcome depends on the order of tests. A single coroutine is run by
    `asyncio.run`. The fix is safe where it can be seen that nothing is shared with
    other loops: the coroutine function is the project's, and neither it nor the test
    uses objects that a module makes for all. Any other test asks for a fixture that
    gives it the loop, if pytest-asyncio is visibly there:

        @pytest_asyncio.fixture
        def event_loop():
            return asyncio.get_event_loop()


        @pytest.mark.usefixtures("event_loop")
        def test_answers():
            loop = asyncio.get_event_loop()
            assert loop.run_until_complete(client.ask()) == 42

    Before:

        import asyncio


        async def answer():
            return 42


        def test_answer():
            loop = asyncio.get_event_loop()
            assert loop.run_until_complete(answer()) == 42

    After:

        import asyncio


        async def answer():
            return 42


        def test_answer():
            assert asyncio.run(answer()) == 42

    By hand: make the test async and await what it runs.
    """

    code = "PTA112"
    name = "get-event-loop-in-sync-test"
    message = "`get_event_loop()` in sync code: no loop is there on Python 3.14"
    by_hand = "make the test async, or run one coroutine with `asyncio.run`"

    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield the calls that find no loop."""
        module, function = caller.module, caller.function
        if caller.is_async or caller.fixture or caller.is_others():
            return
        certain = [each for each in certain_calls(module, function) if each in calls]
        use = _use_of_loop(module, function, calls)
        runs_some = bool(use.runs) and not use.others
        if not (caller.test or runs_some or function.name in _XUNIT):
            return
        if certain and not caller.is_given_a_loop():
            fix = _sync_fix(caller, use)
            if fix is None or not fix.is_safe:
                fix = _fix_that_gives_loop_by_mark(caller, use) or fix
            for call in certain:
                yield self.found(module, call, fix)


def _fix_that_gives_loop_by_mark(caller: LoopCaller, use: _LoopUse) -> Fix | None:
    """Return what has a test ask for a loop, which is the current one for its time."""
    module, project, test = caller.module, caller.project, caller.test
    if (
        test is None
        or test.is_unittest
        or use.closers
        or any(
            getattr(module.parent(other), "attr", "") == "close" for other in use.others
        )
        or not knows_pytest_asyncio(module, project)
        or mentions_name(caller.function, "set_event_loop")
        or not means_itself(module, caller.function, "pytest", project)
    ):
        return None
    mark = AddDecorator(caller.function, f'pytest.mark.usefixtures("{LOOP_NAME}")')
    found = project.fixture(LOOP_NAME, module, caller.owner)
    if found:
        is_fit = LoopOverride(found).gives_what_runs
        return Fix((mark,), needs=("pytest",)) if is_fit else None
    change = change_that_gives_loop(test, project, also=mark)
    needs = ("pytest", *ADAPTED_NEEDS)
    return Fix((change,), needs=needs) if change else None


def _sync_fix(caller: LoopCaller, use: _LoopUse) -> Fix | None:
    if use.others or not use.runs or _has_yield(caller.function):
        return None
    try:
        coroutines = [_is_coroutine(caller, run.args[0]) for run in use.runs]
        if len(use.runs) == 1 and (coroutines[0] or not caller.test):
            return _run_fix(caller, use, is_safe=_shares_nothing(caller, use.runs[0]))
        return _async_test_fix(caller, use)
    except NotFixableError:
        return None


def _has_yield(function: Function) -> bool:
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function)
    )


def _is_coroutine(caller: LoopCaller, node: ast.expr) -> bool:
    """Tell whether an expression calls what is known to be a coroutine function."""
    found = _callee(caller, node)
    return (
        found is not None
        and isinstance(found.node, ast.AsyncFunctionDef)
        and not found.node.decorator_list
        and not _has_yield(found.node)
    )


def _callee(caller: LoopCaller, node: ast.expr) -> Definition | None:
    """Return what is called by an expression, or to give it the name that it is."""
    if isinstance(node, ast.Name):
        match caller.module.names.bindings(node):
            case [ast.Assign(targets=[ast.Name()], value=value) as statement] if (
                caller.module.function_of(statement) is caller.function
            ):
                node = value
            case _:
                pass
    if not isinstance(node, ast.Call):
        return None
    return caller.project.definition(caller.module, node.func)


def _run_fix(caller: LoopCaller, use: _LoopUse, *, is_safe: bool) -> Fix:
    module, run = caller.module, use.runs[0]
    inner = run.func.value if isinstance(run.func, ast.Attribute) else run.func
    name = spelled(module, "asyncio.run", called(inner))
    gone = [*use.makers, *use.closers]
    changes: list[Change] = [Replace(run.func, name.code)]
    changes += [DeleteTogether(gone)] if gone else []
    return Fix(tuple(changes), is_safe, name.needs)


def _shares_nothing(caller: LoopCaller, run: ast.Call) -> bool:
    """Tell whether a coroutine may run on a loop of its own, as far as can be seen."""
    found = _callee(caller, run.args[0])
    return (
        found is not None
        and caller.test is not None
        and caller.has_only_known_fixtures()
        and not any(isinstance(each, _REPEATING) for each in caller.module.parents(run))
        and not mentions_name(caller.function, *_BOUND_TO_LOOP)
        and not _uses_state(caller.module, caller.function)
        and not _uses_state(found.module, found.node)
    )


def _uses_state(module: Module, function: ast.AST) -> bool:
    """Tell whether code uses what its module, or an object, keeps for others."""
    for node in walk(function):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if node.id in {"self", "cls"}:
            return True
        scope = module.names.scopes.get(node)
        if scope and scope.binder(node.id):
            continue
        bindings = module.names.bindings(node)
        if any(isinstance(each, (ast.Assign, ast.AnnAssign)) for each in bindings):
            values = [getattr(each, "value", None) for each in bindings]
            if not all(isinstance(value, ast.Constant) for value in values):
                return True
    return False


def _async_test_fix(caller: LoopCaller, use: _LoopUse) -> Fix | None:
    """Return a fix that makes a test async, with `await` for each run."""
    module, function, test = caller.module, caller.function, caller.test
    if (
        test is None
        or test.is_unittest
        or not isinstance(function, ast.FunctionDef)
        or not has_only_transparent_decorators(module, function)
        or runs_loops_itself(module, function, use.runs)
    ):
        return None
    awaits = [*map(AwaitArgument, use.runs)]
    gone = [*use.makers, *use.closers]
    deletions = [DeleteTogether(gone)] if gone else []
    is_auto = caller.project.configuration(module.path).mode == "auto"
    if is_auto or test.mark("asyncio"):
        return Fix((MakeAsync(function), *awaits, *deletions), is_safe=False)
    if not means_itself(module, function, "pytest", caller.project):
        return None
    marked = MakeAsyncWithMark(function, "pytest.mark.asyncio")
    return Fix((marked, *awaits, *deletions), is_safe=False, needs=("pytest",))


class GetEventLoopInSyncFixture(_LoopGetter):
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
    use = _use_of_loop(module, fixture.function, calls)
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
    use = _use_of_loop(module, function, calls)
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


class IsCoroutineFunction(Rule):
    """`asyncio.iscoroutinefunction` is on its way out.

    Since Python 3.14 it warns, which fails a suite that makes errors of warnings:
    `DeprecationWarning: 'asyncio.iscoroutinefunction' is deprecated and slated for
    removal in Python 3.16; use inspect.iscoroutinefunction() instead`. The one of
    `inspect` answers the same, also for mocks.

    Before:

        import asyncio

        from unittest.mock import AsyncMock


        def test_mock():
            assert asyncio.iscoroutinefunction(AsyncMock())

    After:

        import inspect

        from unittest.mock import AsyncMock


        def test_mock():
            assert inspect.iscoroutinefunction(AsyncMock())

    By hand: up to Python 3.11, objects that mark themselves by `_is_coroutine` are
    known to asyncio's function alone; since 3.12 there is
    `inspect.markcoroutinefunction`. Where the next line asks `inspect` the same, the
    one that asks asyncio can go.
    """

    code = "PTA121"
    name = "asyncio-iscoroutinefunction"
    message = "`asyncio.iscoroutinefunction` goes in Python 3.16: `inspect` has it"
    by_hand = "call `inspect.iscoroutinefunction`"
    words = (b"iscoroutinefunction",)
    pattern = re.compile(
        rb"(?<!inspect)\.iscoroutinefunction|\bfrom\s+asyncio[.\w]*\s+import\b"
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield its uses, but those for old versions of Python alone."""
        del project
        names = (
            "asyncio.iscoroutinefunction",
            "asyncio.coroutines.iscoroutinefunction",
        )
        for node in references(module, *names):
            if is_guarded(module, node) or _is_import_guarded(module, node):
                continue
            yield self.found(module, node, self._fix(module, node))

    @staticmethod
    def _fix(module: Module, node: ast.expr) -> Fix | None:
        if not _is_imported_at_top(module, node) or _asks_inspect_too(module, node):
            return None
        try:
            name = spelled(module, _INSPECTS, node)
        except NotFixableError:
            return None
        is_safe = not re.search(rb"\b_is_coroutine\b", module.raw)
        return Fix((Replace(node, name.code),), is_safe, name.needs)


def _asks_inspect_too(module: Module, node: ast.expr) -> bool:
    """Tell whether the function asks both modules: a test of both, or for either."""
    call = call_of(module, node)
    if call is None:
        return False
    others = (call_of(module, each) for each in references(module, _INSPECTS))
    return any(
        module.function_of(other) is module.function_of(call)
        and [*map(ast.dump, other.args)] == [*map(ast.dump, call.args)]
        for other in others
        if other
    )


def _imports_of(module: Module, node: ast.expr) -> list[ast.AST]:
    """Return the imports that bring the name that an expression begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return list(module.names.bindings(node)) if isinstance(node, ast.Name) else []


def _is_import_guarded(module: Module, node: ast.expr) -> bool:
    return any(is_guarded(module, each) for each in _imports_of(module, node))


def _is_imported_at_top(module: Module, node: ast.expr) -> bool:
    """Tell whether an import is one that goes with its last use, or may stay."""
    return isinstance(node, ast.Attribute) or all(
        each in module.tree.body for each in _imports_of(module, node)
    )


class RemovedFromAsyncio(Rule):
    """Coroutines are made by a decorator, or an event loop is handed around.

    `@asyncio.coroutine` is gone since Python 3.11: `AttributeError: module 'asyncio'
    has no attribute 'coroutine'`. The argument `loop` is gone since 3.10 from what
    waits, sleeps or synchronises: `TypeError: sleep() got an unexpected keyword
    argument 'loop'`. All of it uses the running loop.

    Before:

        import asyncio


        @asyncio.coroutine
        def fetch(loop):
            yield from asyncio.sleep(1, loop=loop)
            return 42

    After:

        import asyncio


        async def fetch(loop):
            await asyncio.sleep(1)
            return 42

    By hand: a coroutine with a bare `yield` awaits `asyncio.sleep(0)` instead. A
    function that returns an awaitable awaits it first: `return await ...`. In mocks,
    `asyncio.coroutine(...)` gives way to `unittest.mock.AsyncMock`.
    """

    code = "PTA123"
    name = "removed-from-asyncio"
    message = "{what} is gone since Python {version}"
    by_hand = "use `async def` with `await`, and no `loop` argument"
    words = (b"asyncio",)
    pattern = re.compile(
        rb"@\s*[\w.]*\bcoroutine\b|\w\.coroutine\b|[(,]\s*loop\s*=[^=]"
    )
    decorators: ClassVar = ("asyncio.coroutine", "asyncio.coroutines.coroutine")
    without_loop: ClassVar = (
        *("asyncio.sleep", "asyncio.gather", "asyncio.shield", "asyncio.wait_for"),
        *("asyncio.wait", "asyncio.as_completed", "asyncio.open_connection"),
        *("asyncio.start_server", "asyncio.open_unix_connection"),
        *("asyncio.start_unix_server", "asyncio.create_subprocess_exec"),
        *("asyncio.create_subprocess_shell", "asyncio.Queue"),
        *("asyncio.subprocess.create_subprocess_exec", "asyncio.queues.Queue"),
        *("asyncio.subprocess.create_subprocess_shell", "asyncio.locks.Lock"),
        *("asyncio.PriorityQueue", "asyncio.LifoQueue", "asyncio.Lock"),
        *("asyncio.Event", "asyncio.Condition", "asyncio.Semaphore"),
        "asyncio.BoundedSemaphore",
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the decorators and the arguments."""
        del project
        for node in references(module, *self.decorators):
            if not is_guarded(module, node):
                what = "`asyncio.coroutine`"
                fix = _native_fix(module, node)
                yield self.found(module, node, fix, what=what, version="3.11")
        for node in references(module, *self.without_loop):
            call = call_of(module, node)
            argument = keyword(call, "loop") if call else None
            if call and argument and not is_guarded(module, node):
                items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
                items.sort(key=lambda each: (each.lineno, each.col_offset))
                what = f"the argument `loop` of `{module.qualified(node)}`"
                fix = Fix((DeleteItem(argument, items),))
                yield self.found(module, argument, fix, what=what, version="3.10")


def _native_fix(module: Module, decorator: ast.expr) -> Fix | None:
    """Return a fix that makes an `async def` of what a decorator made a coroutine."""
    function = module.parent(decorator)
    if not isinstance(function, FUNCTIONS) or decorator not in function.decorator_list:
        return None
    if isinstance(function, ast.AsyncFunctionDef):
        return Fix((DeleteDecorator(decorator),))
    nodes = list(own_nodes(function))
    delegations = [node for node in nodes if isinstance(node, ast.YieldFrom)]
    if (
        any(isinstance(node, ast.Yield) for node in nodes)
        or any(isinstance(module.parent(node), ast.withitem) for node in delegations)
        or (not delegations and any(_returns_unknown(node) for node in nodes))
    ):
        return None
    word = re.compile(r"yield(?:[ \t]|\\(?:\r\n?|\n))+from\b")
    return Fix(
        (
            DeleteDecorator(decorator),
            MakeAsync(function),
            *(ReplaceWord(node, word, "await", ast.Await) for node in delegations),
        )
    )


def _returns_unknown(node: ast.AST) -> bool:
    """Tell whether a statement returns what the decorator perhaps awaited."""
    return isinstance(node, ast.Return) and not (
        node.value is None
        or isinstance(node.value, (ast.Constant, ast.List, ast.Dict, ast.Tuple))
    )


class AsyncioTimeoutError(Rule):
    """`asyncio.TimeoutError` is another name of `TimeoutError`.

    It is since Python 3.11; on Python 3.10 they are two, so that this is only looked
    for where the project requires 3.11, and only if it is selected.

    Before:

        # pyproject.toml
        [project]
        requires-python = ">=3.11"

        # test_it.py
        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_it():
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.sleep(1), 0)

    After:

        # pyproject.toml
        [project]
        requires-python = ">=3.11"

        # test_it.py
        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_it():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.sleep(1), 0)

    By hand: where `TimeoutError` is the name of something else, leave it.
    """

    code = "PTA124"
    name = "asyncio-timeout-error"
    message = "`asyncio.TimeoutError` is `TimeoutError` on all of the project's Pythons"
    by_hand = "write `TimeoutError`"
    words = (b"TimeoutError",)
    pattern = re.compile(
        rb"(?<!futures)\.TimeoutError|\bfrom\s+asyncio[.\w]*\s+import\b"
    )
    is_default = False

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield its uses, and the imports that hide the other name."""
        names = ("asyncio.TimeoutError", "asyncio.exceptions.TimeoutError")
        uses = [
            node
            for node in references(module, *names)
            if not (isinstance(node, ast.Name) and node.id == "TimeoutError")
            and not is_guarded(module, node)
        ]
        imports = [*_timeout_imports(module)]
        if not (uses or imports) or project.least_python(module.path) < (3, 11):
            return
        for node in uses:
            if not module.names.means("TimeoutError", _root_of(node)):
                yield self.found(module, node, Fix((_timeout_change(module, node),)))
        for statement, alias in imports:
            change: Change = Delete(statement)
            if len(statement.names) > 1:
                change = DeleteItem(alias, statement.names)
            yield self.found(module, alias, Fix((change,)))


def _root_of(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _timeout_imports(module: Module) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "asyncio":
            for alias in node.names:
                if alias.name == "TimeoutError" and alias.asname in {None, alias.name}:
                    yield node, alias


def _timeout_change(module: Module, node: ast.expr) -> Change:
    """Return what puts the built-in one in its place, or out of a tuple that has it."""
    parent = module.parent(node)
    if isinstance(parent, ast.Tuple) and any(
        isinstance(each, ast.Name) and each.id == "TimeoutError" for each in parent.elts
    ):
        if len(parent.elts) == 2:
            return Replace(parent, "TimeoutError")
        return DeleteItem(node, parent.elts)
    return Replace(node, "TimeoutError")


OLD_ASYNCIO_RULES: tuple[Rule, ...] = (
    GetEventLoopInAsync(),
    GetEventLoopInSyncTest(),
    GetEventLoopInSyncFixture(),
    IsCoroutineFunction(),
    RemovedFromAsyncio(),
    AsyncioTimeoutError(),
)
