"""Rules on async methods that pytest and unittest call without awaiting them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import (
    AddDecorator,
    DeleteItem,
    Insert,
    RenameDefinition,
)
from ..rule import Fix, Rule
from ..running import (
    has_only_transparent_decorators,
    runs_on_asyncio,
)
from ..suite import fixture_of, is_unittest_class
from ..syntax import FUNCTIONS, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: async setup methods -------------------------------------------------------

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
    pattern = re.compile(rb"async[ \t]+def[ \t]+(?:set|tear)(?:up|down|Up|Down)")

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
        for node in walk(module.tree)
    )


def _is_base(module: Module, owner: ast.ClassDef) -> bool:
    return any(
        isinstance(node, ast.ClassDef)
        and any(_reads(base, owner.name) for base in node.bases)
        for node in walk(module.tree)
    )


XUNIT_RULES: tuple[Rule, ...] = (AsyncXunitSetup(),)
