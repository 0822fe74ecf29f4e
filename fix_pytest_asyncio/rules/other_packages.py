"""Rules on unittest and httpx."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import (
    Change,
    ImportNames,
    RenameKeyword,
    Replace,
)
from ..project import Definition
from ..rule import Fix, Rule
from ..running import has_only_transparent_decorators
from ..syntax import keyword, walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: other packages ------------------------------------------------------------

ISOLATED = "IsolatedAsyncioTestCase"


# A class that has these may well await its tests by itself.
TEST_RUNNERS = {
    *("run", "debug", "_callTestMethod", "__call__", "__init__", "__new__"),
    *("__init_subclass__", "__getattribute__", "__getattr__"),
}


_TEST_CASES = {"unittest.TestCase", "unittest.case.TestCase"}


_HARMLESS_BASES = {"object", "abc.ABC"}


_MOST_BASES = 8


class AsyncTestInTestCase(Rule):
    """An async test in a `unittest.TestCase` passes without having run.

    `unittest.TestCase` calls the method, gets a coroutine, and drops it; pytest-asyncio
    leaves unittest's classes alone. All that is seen are two warnings, `RuntimeWarning:
    coroutine 'TestIt.test_x' was never awaited` and `DeprecationWarning: It is
    deprecated to return a value that is not None from a test case`. An
    `unittest.IsolatedAsyncioTestCase` awaits its tests and runs sync ones as before.

    Before:

        import asyncio
        import unittest


        class TestSleep(unittest.TestCase):
            async def test_sleeps(self):
                self.assertIsNone(await asyncio.sleep(0))

    After:

        import asyncio
        import unittest


        class TestSleep(unittest.IsolatedAsyncioTestCase):
            async def test_sleeps(self):
                self.assertIsNone(await asyncio.sleep(0))

    By hand: where a base of the class derives from `unittest.TestCase`, that one is to
    derive from `IsolatedAsyncioTestCase`.
    """

    code = "PTA125"
    name = "async-test-in-testcase"
    message = "`{test}` is never awaited: `{owner}` is a `unittest.TestCase`"
    by_hand = "derive the class from `unittest.IsolatedAsyncioTestCase`"
    words = (b"async def test", b"async  def test")

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for async tests in what may derive from a TestCase."""
        if not super().may_find(raw, project, path):
            return False
        names = project.async_names
        outline = names.outline(path, raw)
        return any(
            any(each.startswith(b"test") for each in methods)
            and names.derives_from(outline, name, b"TestCase")
            for name, (methods, _) in outline.classes.items()
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each class, at its first async test."""
        for node in walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            tests = [
                each
                for each in node.body
                if isinstance(each, ast.AsyncFunctionDef)
                and each.name.startswith("test")
                and has_only_transparent_decorators(module, each)
            ]
            if (
                tests
                and not module.function_of(node)
                and _is_test_case(Definition(module, node), project)
            ):
                names = {"test": tests[0].name, "owner": node.name}
                hint = f"derive `{node.name}`, or what it derives from, from "
                fix = _isolated(module, node)
                hint += f"`unittest.{ISOLATED}`"
                yield self.found(module, tests[0], fix, hint, **names)


def _is_test_case(definition: Definition, project: Project) -> bool:
    """Tell whether a class is one of unittest's and has all that is of it in sight."""
    found = _outer_bases(definition, project)
    return (
        found is not None
        and not found.isdisjoint(_TEST_CASES)
        and found <= _TEST_CASES | _HARMLESS_BASES
    )


def _outer_bases(
    definition: Definition, project: Project, depth: int = 0
) -> set[str] | None:
    """Return the bases of a class outside the project; None if one is unclear."""
    node, module = definition.node, definition.module
    if (
        not isinstance(node, ast.ClassDef)
        or (node.keywords or depth > _MOST_BASES)
        or not has_only_transparent_decorators(module, node)
        or any(getattr(each, "name", "") in TEST_RUNNERS for each in node.body)
    ):
        return None
    outer: set[str] = set()
    for base in node.bases:
        inner = project.definition(module, base)
        if inner:
            found = _outer_bases(inner, project, depth + 1)
        else:
            found = {module.qualified(base)}
        if found is None:
            return None
        outer |= found
    return outer


def _isolated(module: Module, node: ast.ClassDef) -> Fix | None:
    """Return what gives a class the other base, if it names the one that it has."""
    bases = [
        each for each in node.bases if module.qualified(each) == "unittest.TestCase"
    ]
    if len(bases) != 1:
        return None
    spelled = _beside(module, bases[0], "unittest", ISOLATED)
    if spelled is None:
        return None
    code, changes = spelled
    return Fix((Replace(bases[0], code), *changes))


def _beside(
    module: Module, node: ast.expr, package: str, name: str
) -> tuple[str, tuple[Change, ...]] | None:
    """Return how a module names something of a package, like something else of it.

    Args:
        module: The module.
        node: How it names the other thing: `httpx.AsyncClient`, or `AsyncClient`.
        package: What both are of.
        name: What is to be named.

    Returns:
        The code, and what it takes that the name is imported; None where that may be
        something else.
    """
    if isinstance(node, ast.Attribute):
        return f"{module.segment(node.value)}.{name}", ()
    for local, bindings in module.names.module.bindings.items():
        if len(bindings) == 1 and isinstance(bindings[0], ast.ImportFrom):
            stands_for = module.qualified(ast.Name(local, ast.Load()))
            if stands_for == f"{package}.{name}" and not _is_bound(module, local, 1):
                return local, ()
    match module.names.bindings(node) if isinstance(node, ast.Name) else ():
        case [ast.ImportFrom(module=source, level=0) as statement]:
            if source == package and not _is_bound(module, name):
                return name, (ImportNames(statement, [name]),)
    return None


def _is_bound(module: Module, name: str, times: int = 0) -> bool:
    """Tell whether more scopes than some bind a name."""
    return sum(name in scope for scope in all_bindings(module)) > times


class HttpxApp(Rule):
    """`httpx.AsyncClient(app=...)` is an error since httpx 0.28.

    `TypeError: AsyncClient.__init__() got an unexpected keyword argument 'app'`. The
    argument was short for a transport, which all versions take.

    Before:

        import httpx
        import pytest

        from shop import app


        @pytest.mark.asyncio
        async def test_root():
            async with httpx.AsyncClient(app=app) as it:
                assert (await it.get("http://test/")).status_code == 200

    After:

        import httpx
        import pytest

        from shop import app


        @pytest.mark.asyncio
        async def test_root():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as it:
                assert (await it.get("http://test/")).status_code == 200

    By hand: pass `transport=httpx.ASGITransport(app=app)`.
    """

    code = "PTA127"
    name = "httpx-app"
    message = "`httpx.AsyncClient` takes no `app` since httpx 0.28"
    by_hand = "pass `transport=httpx.ASGITransport(app=app)`"
    words = (b"httpx",)
    pattern = re.compile(rb"\bapp\s*=")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls that pass it, and no transport."""
        del project
        for call in walk(module.tree):
            if not isinstance(call, ast.Call):
                continue
            app = keyword(call, "app")
            if (
                app
                and not keyword(call, "transport")
                and module.qualified(call.func) == "httpx.AsyncClient"
            ):
                yield self.found(module, app.value, _with_transport(module, call, app))


def _with_transport(module: Module, call: ast.Call, app: ast.keyword) -> Fix | None:
    spelled = _beside(module, call.func, "httpx", "ASGITransport")
    if spelled is None:
        return None
    name, changes = spelled
    code = f"{name}(app={module.segment(app.value)})"
    # Of `**options`, one may be another transport.
    is_safe = all(each.arg for each in call.keywords)
    value = Replace(app.value, code)
    return Fix((RenameKeyword(app, "transport"), value, *changes), is_safe=is_safe)


def all_bindings(module: Module) -> Iterator[dict[str, list[ast.AST]]]:
    """Yield what each scope of a module binds."""
    scopes = {id(each): each for each in module.names.scopes.values()}
    scopes[id(module.names.module)] = module.names.module
    for scope in scopes.values():
        yield scope.bindings


OTHER_PACKAGE_RULES: tuple[Rule, ...] = (
    AsyncTestInTestCase(),
    HttpxApp(),
)
