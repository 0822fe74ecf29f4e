"""Rules on what modules make when they are imported."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..glances import is_outside_functions
from ..rule import Rule
from ..running import (
    functions_on_asyncio,
    is_call_of,
    runs_on_asyncio,
)
from ..syntax import FUNCTIONS, children, keyword, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: faults at import ----------------------------------------------------------

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


_CALL_FOR_A_LOOP = re.compile(
    rb"\b(?:%b)\b"
    % b"|".join(
        name.rpartition(".")[2].encode()
        for name in (*_MADE_AT_IMPORT, *_WAITS, "asyncio.new_event_loop")
    )
)


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
    pattern = re.compile(
        rb"_loop|Future|gather|ensure_future|create_task|Queue|Event|Condition|Barrier"
    )

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for such calls outside of functions."""
        is_for_tests = (
            b"fixture" in raw
            or path.name == "conftest.py"
            or project.is_test_file(path)
        )
        return (
            super().may_find(raw, project, path)
            and is_for_tests
            and is_outside_functions(raw, _CALL_FOR_A_LOOP)
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls outside of functions, in what pytest imports by itself."""
        suite = project.suite(module)
        is_conftest = module.path.name == "conftest.py"
        if not (suite.tests or suite.fixtures or is_conftest):
            return
        has_loop = any(
            is_call_of(module, node, "asyncio.set_event_loop")
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
        inner: list[ast.AST] = list(children(node))
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


IMPORT_TIME_RULES: tuple[Rule, ...] = (LoopAtImport(),)
