"""Rules on tests whose marks do not fit them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import DeleteDecorator
from ..rule import Fix, Rule
from ..suite import mark_name
from ..syntax import FUNCTIONS, called, inner_nodes, own_nodes, walk
from .marks import is_redundant, without_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test

# --- Rules: marks that do not fit -----------------------------------------------------

# What these make of a plain function is none that is asynchronous.
_PLAIN_DECORATORS = ("hypothesis.", "unittest.mock.patch", "mock.patch", "pytest.mark.")
_STATIC = ("staticmethod", "classmethod", "typing.no_type_check")
# Code that is about to become asynchronous, and will need its mark.
_RUNS_A_LOOP = ("run_until_complete", "run_forever")


class MarkedSyncTest(Rule):
    """An asyncio mark is on a test that is not asynchronous.

    It does nothing, and gives a warning: `PytestWarning: The test <Function test_it> is
    marked with '@pytest.mark.asyncio' but it is not an async function. Please remove
    the asyncio mark.` A mark of a class or module is for all of its tests: where some
    of them are not asynchronous, only auto mode, or a mark on each of those that are,
    has no such warning.

    Before:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            await asyncio.sleep(0)


        @pytest.mark.asyncio
        def test_adds():
            assert 1 + 1 == 2

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            await asyncio.sleep(0)


        def test_adds():
            assert 1 + 1 == 2
    """

    code = "PTA202"
    name = "marked-sync-test"
    message = "the asyncio mark is on {what} not asynchronous"
    by_hand = (
        "set `asyncio_mode = auto`, or mark each asynchronous test instead of the "
        "class or module"
    )
    words = (b"mark",)
    # A decorator, and no other definition between it and a `def` or `class`.
    pattern = re.compile(
        rb"@[\w.]{,80}asyncio\b[^\r\n]{,200}"
        rb"(?:(?:\r\n?|\n)(?![ \t]*(?:async|def|class)\b)[^\r\n]{,200}){,20}"
        rb"(?:\r\n?|\n)[ \t]*(?:def|class)\b"
    )

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether there is such a decorator, or a mark of all tests."""
        if b"asyncio" not in raw or b"mark" not in raw:
            return False
        return b"pytestmark" in raw or super().may_find(raw, project, path)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that synchronous tests have."""
        suite = project.suite(module)
        is_auto = project.configuration(module.path).mode == "auto"
        for mark in suite.marks:
            tests = [test for test in suite.tests if test.mark("asyncio") is mark]
            plain = [test for test in tests if _is_plain(module, test)]
            if plain and isinstance(mark.owner, FUNCTIONS):
                fix = Fix((DeleteDecorator(mark.node),))
                what = f"the test `{mark.owner.name}`, which is"
                yield self.found(module, mark.node, fix, what=what)
            elif plain:
                is_useless = (
                    is_redundant(module, mark, suite.marks)
                    if is_auto
                    else plain == tests and not _may_have_more(mark.owner)
                )
                yield self.found(
                    module,
                    mark.node,
                    Fix(without_mark(module, mark)) if is_useless else None,
                    _FOR_AUTO_MODE if is_auto else "",
                    what=f"{len(plain)} tests of {len(tests)} that are",
                )


_FOR_AUTO_MODE = (
    "mark each asynchronous test instead of the class or module, or set "
    "`asyncio_default_test_loop_scope`"
)


def _is_plain(module: Module, test: Test) -> bool:
    """Tell whether a test is not asynchronous, and will not be made so."""
    nodes = list(own_nodes(test.function))
    return not (
        test.is_async
        or test.is_unittest
        or any(not _is_harmless(module, each) for each in test.function.decorator_list)
        or any(argument.arg == "event_loop" for argument in test.parameters)
        or any(_gives_or_runs(node) for node in nodes)
        or len(_bindings_of(module, test)) > 1
    )


def _is_harmless(module: Module, decorator: ast.expr) -> bool:
    """Tell whether what a decorator makes of a plain function is not asynchronous."""
    if mark_name(module, decorator):
        return True
    name = module.qualified(called(decorator))
    return name in _STATIC or name.startswith(_PLAIN_DECORATORS)


def _gives_or_runs(node: ast.AST) -> bool:
    """Tell whether code may return a coroutine, or run one on a loop."""
    match node:
        case ast.Return(value=value):
            return value is not None
        case ast.Attribute(attr=name):
            return name in _RUNS_A_LOOP
    return isinstance(node, (ast.Yield, ast.YieldFrom))


def _bindings_of(module: Module, test: Test) -> Sequence[ast.AST]:
    name = test.function.name
    scope = module.names.scopes[test.owner] if test.owner else module.names.module
    return scope.bindings.get(name, ())


def _may_have_more(owner: ast.AST) -> bool:
    """Tell whether a class or module may have tests that are not seen in it."""
    if isinstance(owner, ast.ClassDef) and (owner.bases or owner.keywords):
        return True
    for node in inner_nodes(getattr(owner, "body", ())):
        match node:
            case ast.ClassDef() if node is not owner and _may_have_more(node):
                return True
            case ast.alias(name=name, asname=asname):
                if (asname or name).startswith(("test", "Test", "*")):
                    return True
            case ast.Name(id=name, ctx=ast.Store()) if name.startswith(
                ("test", "Test")
            ):
                return True
    return False


class MarkedForTwo(Rule):
    """An asynchronous test is for pytest-asyncio and for another plugin.

    Only one of them can run it. With two marks, which one does depends on the versions
    of both. In auto mode pytest-asyncio takes every asynchronous test, also those that
    are marked for anyio or trio: what is said to be `test_it[trio]` passes, but runs on
    asyncio, or fails with `RuntimeError: Task got bad yield`. Where the fixture
    `anyio_backend` says asyncio only, that makes no difference.

    Before:

        import pytest


        @pytest.mark.anyio
        @pytest.mark.asyncio
        async def test_it():
            ...

    By hand: keep the mark of the plugin that is to run the test. For both kinds of
    tests in one suite, set `asyncio_mode = strict`.
    """

    code = "PTA211"
    name = "anyio-and-asyncio"
    message = "{what}"
    by_hand = "keep one of the marks, that of the plugin that is to run the test"
    words = (b"anyio", b"trio")
    pattern = re.compile(rb"\.(?:anyio|trio)\b")

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for marks of both kinds, or for one of them in auto mode."""
        return super().may_find(raw, project, path) and (
            b".asyncio" in raw or project.configuration(path).mode == "auto"
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that is one too many."""
        is_auto = project.configuration(module.path).mode == "auto"
        seen: set[ast.expr] = set()
        for test in project.suite(module).tests:
            other = test.mark("anyio") or test.mark("trio")
            own = test.mark("asyncio")
            if other is None or not test.is_async or other.node in seen:
                continue
            if own:
                what = f"one test has the marks `asyncio` and `{other.name}`"
                yield self.found(module, other.node, what=what)
            elif is_auto and not _is_on_asyncio(project, test):
                what = f"in auto mode no test runs as the mark `{other.name}` says"
                yield self.found(module, other.node, None, _FOR_ANYIO, what=what)
            seen.add(other.node)


def _is_on_asyncio(project: Project, test: Test) -> bool:
    """Tell whether anyio would run a test on asyncio only, too."""
    backend = project.fixture("anyio_backend", test.module, test.owner)
    if backend is None or test.mark("trio"):
        return False
    texts = {
        node.value for node in walk(backend.function) if isinstance(node, ast.Constant)
    }
    return "asyncio" in texts and "trio" not in texts


_FOR_ANYIO = (
    "set `asyncio_mode = strict` and mark the tests of pytest-asyncio, or take the "
    "mark away if the test is to run on asyncio only"
)

MARKED_TEST_RULES: tuple[Rule, ...] = (MarkedSyncTest(), MarkedForTwo())
