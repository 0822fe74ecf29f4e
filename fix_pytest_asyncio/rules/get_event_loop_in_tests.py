"""A rule on sync tests that ask for the current event loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..changes import AddDecorator, Change, DeleteTogether, MakeAsync, Replace
from ..current_loop_uses import CurrentLoopUse, use_of_current_loop
from ..function_changes import AwaitArgument, MakeAsyncWithMark
from ..loop_adaption import ADAPTED_NEEDS
from ..loop_overrides import LOOP_NAME, LoopOverride
from ..loop_uses import means_itself, runs_loops_itself
from ..references import spelled
from ..rule import Fix, Rule
from ..running import certain_calls, has_only_transparent_decorators
from ..source import NotFixableError
from ..syntax import called, has_yields, mentions_name, walk
from .event_loop_fixture import change_that_gives_loop
from .fixture_faults import knows_pytest_asyncio
from .get_event_loop import LoopGetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..loop_callers import LoopCaller
    from ..project import Definition
    from ..rule import Finding
    from ..source import Module

# --- Rules: get_event_loop in sync tests ----------------------------------------------

_XUNIT = frozenset(
    {
        *("setUp", "setUpClass", "tearDown", "tearDownClass", "setup", "teardown"),
        *("setup_method", "setup_class", "setup_function", "setup_module"),
        *("teardown_method", "teardown_class", "teardown_function"),
        "teardown_module",
    }
)
# What runs more than once would do so on several loops.
_REPEATING = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp)
# What belongs to the current loop when it is made.
_BOUND_TO_LOOP = ("Future", "StreamReader", "ensure_future", "gather", "shield")


class GetEventLoopInSyncTest(LoopGetter):
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
        use = use_of_current_loop(module, function, calls)
        runs_some = bool(use.runs) and not use.others
        if not (caller.test or runs_some or function.name in _XUNIT):
            return
        if certain and not caller.is_given_a_loop():
            fix = _sync_fix(caller, use)
            if fix is None or not fix.is_safe:
                fix = _fix_that_gives_loop_by_mark(caller, use) or fix
            for call in certain:
                yield self.found(module, call, fix)


def _fix_that_gives_loop_by_mark(caller: LoopCaller, use: CurrentLoopUse) -> Fix | None:
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


def _sync_fix(caller: LoopCaller, use: CurrentLoopUse) -> Fix | None:
    if use.others or not use.runs or has_yields(caller.function):
        return None
    try:
        coroutines = [_is_coroutine(caller, run.args[0]) for run in use.runs]
        if len(use.runs) == 1 and (coroutines[0] or not caller.test):
            return _run_fix(caller, use, is_safe=_shares_nothing(caller, use.runs[0]))
        return _async_test_fix(caller, use)
    except NotFixableError:
        return None


def _is_coroutine(caller: LoopCaller, node: ast.expr) -> bool:
    """Tell whether an expression calls what is known to be a coroutine function."""
    found = _callee(caller, node)
    return (
        found is not None
        and isinstance(found.node, ast.AsyncFunctionDef)
        and not found.node.decorator_list
        and not has_yields(found.node)
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


def _run_fix(caller: LoopCaller, use: CurrentLoopUse, *, is_safe: bool) -> Fix:
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


def _async_test_fix(caller: LoopCaller, use: CurrentLoopUse) -> Fix | None:
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


TEST_GETTER_RULES: tuple[Rule, ...] = (GetEventLoopInSyncTest(),)
