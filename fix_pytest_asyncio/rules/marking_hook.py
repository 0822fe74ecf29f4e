"""The rule on a hook that marks all asynchronous tests."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from ..changes import Delete
from ..files import find_files
from ..rule import Fix, Rule, Setting
from ..suite import made_mark, mark_name
from ..syntax import own_nodes, string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Mark, Test

# --- Rules: the hook that marks tests -------------------------------------------------

_MARKING_HOOK = "pytest_collection_modifyitems"
_HOOK_SCOPES = ("function", "class", "module", "package", "session")
_TEST_SCOPE = "asyncio_default_test_loop_scope"
_TELL_ASYNC = (
    *("pytest_asyncio.is_async_test", "pytest_asyncio.plugin.is_async_test"),
    *("inspect.iscoroutinefunction", "asyncio.iscoroutinefunction"),
    *("inspect.isasyncgenfunction", "asyncio.coroutines.iscoroutinefunction"),
)


class MarkingHook(Rule):
    """A hook gives asynchronous tests their mark, or the scope of their event loop.

    A setting does that: `asyncio_default_test_loop_scope`. The hook works only with
    `append=False`, because in auto mode each test has a mark before, and the first one
    counts. And in strict mode it comes too late for tests that have no mark: they are
    not run (`async def functions are not natively supported.`), which auto mode mends.

    Before:

        # pytest.ini
        [pytest]
        asyncio_mode = auto
        # conftest.py
        import pytest
        from pytest_asyncio import is_async_test


        def pytest_collection_modifyitems(items):
            pytest_asyncio_tests = (item for item in items if is_async_test(item))
            session_scope_marker = pytest.mark.asyncio(scope="session")
            for async_test in pytest_asyncio_tests:
                async_test.add_marker(session_scope_marker, append=False)


        @pytest.fixture
        def number():
            return 1

    After:

        # pytest.ini
        [pytest]
        asyncio_mode = auto
        asyncio_default_test_loop_scope = session
        # conftest.py
        import pytest


        @pytest.fixture
        def number():
            return 1

    By hand: where the hook does more, or chooses the tests in another way, see whether
    `asyncio_default_test_loop_scope`, or a `pytestmark` in each module, says the same.
    """

    code = "PTA119"
    name = "hook-adds-asyncio-mark"
    message = "a hook marks asynchronous tests, for which there are settings"
    by_hand = (
        "set `asyncio_default_test_loop_scope` (and `asyncio_mode = auto` if the tests "
        "have no marks of their own) instead"
    )
    words = (_MARKING_HOOK.encode(),)
    pattern = re.compile(rb"\basyncio\b")
    may_set = True

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that the hook of a conftest.py adds."""
        if module.path.name != "conftest.py":
            return
        for hook in module.tree.body:
            if isinstance(hook, ast.FunctionDef) and hook.name == _MARKING_HOOK:
                calls = [node for node in own_nodes(hook) if _added_mark(module, node)]
                for call in calls:
                    marking = _marking(module, hook) if len(calls) == 1 else None
                    fix = _settings_instead(module, project, marking)
                    yield self.found(module, call, fix)


class _Marking(NamedTuple):
    """What a hook does, and all that it does it by.

    Attributes:
        hook: The hook.
        statements: Those that do it.
        scope: The loop scope that tests get; None if it is the default.
        is_first: Whether that counts before what a test says of itself.
        is_of_marked: Whether it is for tests that have an asyncio mark before.
    """

    hook: ast.FunctionDef
    statements: Sequence[ast.stmt]
    scope: str | None
    is_first: bool
    is_of_marked: bool


def _added_mark(module: Module, node: ast.AST) -> ast.expr | None:
    """Return the asyncio mark that `item.add_marker(...)` adds; None for all else."""
    match node:
        case ast.Call(func=ast.Attribute(attr="add_marker"), args=[mark, *_]):
            if mark_name(module, mark) == "asyncio" or string(mark) == "asyncio":
                return made_mark(module, mark)
    return None


def _marking(module: Module, hook: ast.FunctionDef) -> _Marking | None:
    """Read what a hook does; None if it does it in a way of its own."""
    for loop in hook.body:
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name):
            conditions = _marking_conditions(module, loop.body, loop.target.id)
            chosen = _items_chosen_by(module, hook, loop.iter)
            if conditions is not None and chosen is not None:
                return _marking_of(module, hook, loop, [*chosen, *conditions])
    return None


def _marking_of(
    module: Module, hook: ast.FunctionDef, loop: ast.For, conditions: list[ast.expr]
) -> _Marking | None:
    call = next(node for node in walk(loop) if _added_mark(module, node))
    mark = _added_mark(module, call)
    arguments = mark.keywords if isinstance(mark, ast.Call) else []
    scopes = [string(each.value) for each in arguments]
    is_known = all(each.arg in {"scope", "loop_scope"} for each in arguments) and all(
        scope in _HOOK_SCOPES for scope in scopes
    )
    if not is_known or not all(_is_of_async(module, each) for each in conditions):
        return None
    return _Marking(
        hook,
        _with_helpers(hook, loop),
        scopes[0] if scopes else None,
        _is_prepended(call),
        any(_is_of_marked(each) for each in conditions),
    )


def _marking_conditions(
    module: Module, body: Sequence[ast.stmt], item: str
) -> list[ast.expr] | None:
    """Return on what a loop's body marks an item; None if it does anything else."""
    match body:
        case [
            ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call
            )
        ]:
            return [] if name == item and _added_mark(module, call) else None
        case [ast.If(test=test, body=inner, orelse=[])]:
            rest = _marking_conditions(module, inner, item)
        case [
            ast.If(
                test=ast.UnaryOp(op=ast.Not(), operand=test),
                body=[ast.Continue()],
                orelse=[],
            ),
            *after,
        ]:
            rest = _marking_conditions(module, after, item)
        case _:
            return None
    return None if rest is None else [test, *rest]


def _items_chosen_by(
    module: Module, hook: ast.FunctionDef, node: ast.expr
) -> list[ast.expr] | None:
    """Return by what an iterable chooses from all items; None if it is another one."""
    match node:
        case ast.Name(id="items") | ast.Attribute(attr="items"):
            return []
        case ast.Name():
            match module.names.bindings(node):
                case [ast.Assign(targets=[ast.Name()], value=value)]:
                    return _items_chosen_by(module, hook, value)
        case ast.Call(func=ast.Name(id="filter"), args=[function, items]):
            rest = _items_chosen_by(module, hook, items)
            return None if rest is None else [function, *rest]
        case (
            ast.GeneratorExp(elt=ast.Name(id=name), generators=[generator])
            | ast.ListComp(elt=ast.Name(id=name), generators=[generator])
        ) if isinstance(generator.target, ast.Name) and generator.target.id == name:
            rest = _items_chosen_by(module, hook, generator.iter)
            return None if rest is None else [*generator.ifs, *rest]
    return None


def _is_of_async(module: Module, condition: ast.expr) -> bool:
    """Tell whether a condition lets asynchronous tests through, and all of them."""
    match condition:
        case ast.BoolOp(values=values):
            return all(_is_of_async(module, each) for each in values)
        case ast.Compare(
            left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
        ):
            return _is_of_marked(left)
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, kind]):
            return module.qualified(kind) in {"pytest.Function", "pytest.Item"}
        case ast.Call(func=function) if not _is_of_marked(condition):
            return module.qualified(function) in _TELL_ASYNC
    return module.qualified(condition) in _TELL_ASYNC or _is_of_marked(condition)


def _is_of_marked(condition: ast.expr) -> bool:
    match condition:
        case ast.Compare(
            left=ast.Constant(value="asyncio"),
            ops=[ast.In()],
            comparators=[ast.Attribute(attr="keywords")],
        ):
            return True
        case ast.Compare(left=left, ops=[ast.IsNot()]):
            return _is_of_marked(left)
        case ast.Call(
            func=ast.Attribute(attr="get_closest_marker"),
            args=[ast.Constant(value="asyncio")],
        ):
            return True
    return False


def _is_prepended(call: ast.AST) -> bool:
    match call:
        case ast.Call(args=[_, ast.Constant(value=False)]):
            return True
        case ast.Call(
            keywords=[ast.keyword(arg="append", value=ast.Constant(value=False))]
        ):
            return True
    return False


def _with_helpers(hook: ast.FunctionDef, loop: ast.For) -> list[ast.stmt]:
    """Return a loop, and the assignments of names that only it uses."""
    statements: list[ast.stmt] = [loop]
    for statement in reversed(hook.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]):
                inside = _count_uses(statements, name)
                if inside and inside == _count_uses([hook], name):
                    statements.append(statement)
    return statements


def _count_uses(nodes: Sequence[ast.AST], name: str) -> int:
    uses = (each for node in nodes for each in walk(node))
    names = (each for each in uses if isinstance(each, ast.Name))
    return sum(each.id == name and isinstance(each.ctx, ast.Load) for each in names)


def _settings_instead(
    module: Module, project: Project, marking: _Marking | None
) -> Fix | None:
    """Return what sets for all tests what a hook does; None if that is not known."""
    configuration = project.configuration(module.path)
    if marking is None or configuration.error:
        return None
    path = project.settings_path(module.path)
    tests = list(_async_tests(module, project))
    settings: list[Setting] = []
    unmarked = [test for test in tests if not test.mark("asyncio")]
    is_marked_by_it = configuration.mode == "strict" and not marking.is_of_marked
    if is_marked_by_it and unmarked:
        settings.append(Setting(path, "asyncio_mode", "auto"))
    if marking.scope and configuration.text(_TEST_SCOPE) != marking.scope:
        settings.append(Setting(path, _TEST_SCOPE, marking.scope))
    changes = tuple(map(Delete, _superfluous(marking)))
    is_safe = (
        not any(project.conftests(module.path))
        and not (settings and any(test.is_others for test in tests))
        and not any(_is_overruled(test.mark("asyncio"), marking) for test in tests)
        and (marking.is_first or not marking.scope)
    )
    return Fix(changes, is_safe, settings=tuple(settings))


def _superfluous(marking: _Marking) -> Sequence[ast.stmt]:
    """Return what may go: the hook, if it does nothing else."""
    rest = [
        statement
        for statement in marking.hook.body
        if statement not in marking.statements
        and not isinstance(statement, (ast.Pass, ast.Delete))
        and not (isinstance(statement, ast.Expr) and string(statement.value))
    ]
    return marking.statements if rest else [marking.hook]


def _is_overruled(mark: Mark | None, marking: _Marking) -> bool:
    """Tell whether a test asks for another scope, which the hook keeps from it."""
    argument = mark and (mark.argument("loop_scope") or mark.argument("scope"))
    return bool(
        argument and marking.is_first and string(argument.value) != marking.scope
    )


def _async_tests(module: Module, project: Project) -> Iterator[Test]:
    """Yield the asynchronous tests that a conftest.py is for."""
    for path in find_files([module.path.parent]):
        other = project.module(path)
        if other and b"async def" in other.raw:
            yield from (test for test in project.suite(other).tests if test.is_async)


MARKING_HOOK_RULES: tuple[Rule, ...] = (MarkingHook(),)
