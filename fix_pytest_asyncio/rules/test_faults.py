"""Rules on tests that do not run, or stop the loop that runs them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import (
    Replace,
)
from ..glances import in_body
from ..rule import Fix, Rule
from ..running import (
    GETTERS_OF_RUNNING_LOOPS,
    certain_calls,
    functions_on_asyncio,
    has_only_transparent_decorators,
    is_call_of,
    origin_of_loop,
)
from ..syntax import own_nodes, string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..syntax import Function

# --- Rules: faults of tests -----------------------------------------------------------


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
    pattern = in_body("async def test", r"\byield\b")

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
    pattern = in_body("async def ", r"\brun\b|run_until_complete|run_forever")

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
    texts = [string(node) for node in walk(function) if isinstance(node, ast.expr)]
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
    pattern = re.compile(rb"_event_loop|_running_loop")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls in the code of tests and fixtures, not in functions in it."""
        for function, scope in functions_on_asyncio(module, project).items():
            calls = [*certain_calls(module, function)]
            sets = [each for each in calls if is_call_of(module, each, _SET_LOOP)]
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
    if is_call_of(module, call, _SET_LOOP) and _is_none(call):
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
    YieldInAsyncTest(),
    RunInRunningLoop(),
    LoopClosedByTest(),
)
