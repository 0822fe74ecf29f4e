"""Rules on what asyncio used to have."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, ClassVar

from ..changes import (
    Change,
    Delete,
    DeleteDecorator,
    DeleteItem,
    MakeAsync,
    Replace,
    ReplaceWord,
)
from ..references import call_of, is_guarded, references, spelled
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..syntax import FUNCTIONS, keyword, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: old asyncio ---------------------------------------------------------------

_INSPECTS = "inspect.iscoroutinefunction"


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
    IsCoroutineFunction(),
    RemovedFromAsyncio(),
    AsyncioTimeoutError(),
)
