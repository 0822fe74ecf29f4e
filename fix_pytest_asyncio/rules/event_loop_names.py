"""The rule on loops that are asked for by a name in a text, or by an internal one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import Delete, DeleteDecorator, DeleteItem, Replace
from ..loop_overrides import LOOP_NAME, is_asyncios
from ..loop_uses import LoopUses, means_itself
from ..rule import Fix, Rule
from ..syntax import FUNCTIONS, string, walk
from .event_loop_fixture import fix_of_async, loop_argument, loop_askers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture, Mark, Test

# --- Rules: event loops by name -------------------------------------------------------

# Of pytest-asyncio 0.23 to 0.26.
_INTERNAL_NAMES = tuple(
    f"_{scope}_event_loop"
    for scope in ("function", "class", "module", "package", "session")
)
_PLUGIN = ("pytest_asyncio", "pytest_asyncio.plugin")
_LOOP_NAMES = (LOOP_NAME, *_INTERNAL_NAMES)


class LoopByName(Rule):
    """A fixture that pytest-asyncio 1.0 removed is asked for by its name.

    That is `event_loop` in `usefixtures` or `request.getfixturevalue`, or one of those
    that were internal all along, as `_session_event_loop`. Setting up fails with
    `fixture 'event_loop' not found`. What is async needs none of them: it is on a loop.
    A module that imports one fails to load: `ImportError: cannot import name
    'event_loop' from 'pytest_asyncio.plugin'`.

    Before:

        import pytest


        @pytest.mark.asyncio
        @pytest.mark.usefixtures("event_loop", "database")
        async def test_answers(request):
            loop = request.getfixturevalue("event_loop")
            assert await loop.run_in_executor(None, ask) == 42

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        @pytest.mark.usefixtures("database")
        async def test_answers(request):
            loop = asyncio.get_running_loop()
            assert await loop.run_in_executor(None, ask) == 42
    """

    code = "PTA118"
    name = "event-loop-by-name"
    message = "`{name}` is asked for, which pytest-asyncio 1.0 removed"
    by_hand = (
        "make the code async and take the loop from `asyncio.get_running_loop()`; or "
        "keep it sync and run things in `with asyncio.Runner() as runner:`."
    )
    words = (b"event_loop",)
    pattern = re.compile(
        rb"""["']event_loop["']|\b_(?:function|class|module|package|session)_event_loop"""
        rb"""|from\s+pytest_asyncio[\w.]*\s+import\b"""
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield imports, parameters, arguments of marks, and calls."""
        yield from self._of_imports(module)
        yield from self._of_parameters(module, project)
        yield from self._of_marks(module, project)
        yield from self._of_calls(module, project)

    def _of_imports(self, module: Module) -> Iterator[Finding]:
        for node in walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module in _PLUGIN:
                for alias in node.names:
                    if alias.name in _LOOP_NAMES:
                        fix = _without_import(module, node, alias)
                        yield self.found(module, alias, fix, name=alias.name)

    def _of_parameters(self, module: Module, project: Project) -> Iterator[Finding]:
        for asking in loop_askers(module, project):
            for name in _INTERNAL_NAMES:
                argument = loop_argument(asking, project, name)
                if argument:
                    uses = LoopUses.of(module, asking.function, argument)
                    is_async = asking.is_async
                    fix = fix_of_async(module, uses, project) if is_async else None
                    yield self.found(module, argument, fix, name=name)

    def _of_marks(self, module: Module, project: Project) -> Iterator[Finding]:
        for mark in project.suite(module).marks:
            if mark.name != "usefixtures" or not isinstance(mark.node, ast.Call):
                continue
            owner = _class_of(module, mark)
            for argument in mark.node.args:
                name = string(argument) or ""
                if name in _LOOP_NAMES and is_asyncios(name, module, owner, project):
                    change = _without_argument(module, mark, mark.node, argument)
                    is_safe = _is_needless(module, mark, name, project)
                    fix = Fix((change,), is_safe)
                    yield self.found(module, argument, fix, name=name)

    def _of_calls(self, module: Module, project: Project) -> Iterator[Finding]:
        askers = {each.function: each for each in loop_askers(module, project)}
        for node in walk(module.tree):
            name = _requested(node)
            if not name or not isinstance(node, ast.Call):
                continue
            functions = [
                each for each in module.parents(node) if isinstance(each, FUNCTIONS)
            ]
            asking = askers.get(functions[-1]) if functions else None
            if asking and is_asyncios(name, module, asking.owner, project):
                is_direct = module.function_of(node) is asking.function
                fix = _running_loop(node, asking, project) if is_direct else None
                yield self.found(module, node, fix, name=name)


def _class_of(module: Module, mark: Mark) -> ast.ClassDef | None:
    """Return the class that a mark is on, or in."""
    around = (mark.owner, *module.parents(mark.owner))
    return next((each for each in around if isinstance(each, ast.ClassDef)), None)


def _is_needless(module: Module, mark: Mark, name: str, project: Project) -> bool:
    """Tell whether no sync test gets the project's own loop by a mark."""
    return project.fixture(name, module, _class_of(module, mark)) is None or all(
        test.is_async
        for test in project.suite(module).tests
        if any(each.node is mark.node for each in test.marks)
    )


def _without_argument(
    module: Module, mark: Mark, call: ast.Call, argument: ast.expr
) -> Change:
    if len(call.args) > 1:
        return DeleteItem(argument, call.args)
    if mark.items is not None and len(mark.items.elts) > 1:
        return DeleteItem(call, mark.items.elts)
    if not isinstance(mark.owner, ast.Module) and call in mark.owner.decorator_list:
        return DeleteDecorator(call)
    return Delete(
        next(each for each in module.parents(call) if isinstance(each, ast.stmt))
    )


def _without_import(
    module: Module, node: ast.ImportFrom, alias: ast.alias
) -> Fix | None:
    """Return what takes an import away, and its name from `__all__`; None if used."""
    name = alias.asname or alias.name
    if any(use.id == name for _, use in module.names.uses):
        return None
    change = DeleteItem(alias, node.names) if len(node.names) > 1 else Delete(node)
    exports = [
        DeleteItem(element, items.elts)
        for items in _exports(module)
        for element in items.elts
        if string(element) == name
    ]
    return Fix((change, *exports))


def _exports(module: Module) -> Iterator[ast.List | ast.Tuple]:
    for node in module.tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__all__")],
                value=ast.List() | ast.Tuple() as items,
            ):
                yield items
            case _:
                pass


def _requested(node: ast.AST) -> str:
    """Return the loop that `request.getfixturevalue("event_loop")` gets."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="request"), attr="getfixturevalue"),
            args=[ast.Constant(value=str() as name)],
        ) if name in _LOOP_NAMES:
            return name
        case _:
            return ""


def _running_loop(
    call: ast.Call, asking: Test | Fixture, project: Project
) -> Fix | None:
    module, function = asking.module, asking.function
    if not asking.is_async or not means_itself(module, function, "asyncio", project):
        return None
    return Fix((Replace(call, "asyncio.get_running_loop()"),), needs=("asyncio",))


LOOP_NAME_RULES: tuple[Rule, ...] = (LoopByName(),)
