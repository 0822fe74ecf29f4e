"""What of a test or fixture runs, and whether pytest-asyncio runs it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .suite import mark_name
from .syntax import FUNCTIONS, called, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .project import Project
    from .source import Module
    from .suite import Fixture, Test
    from .syntax import Function

# --- What runs ------------------------------------------------------------------------

GETTERS_OF_RUNNING_LOOPS = ("asyncio.get_running_loop", "asyncio.get_event_loop")
_LOOP_MAKERS = (*GETTERS_OF_RUNNING_LOOPS, "asyncio.new_event_loop")
# Below these, an error may be what is wanted.
_EXPECTING = ("pytest.raises", "contextlib.suppress")
_TRANSPARENT_DECORATORS = (
    *("unittest.skip", "unittest.skipIf", "unittest.skipUnless"),
    *("unittest.expectedFailure", "staticmethod", "classmethod"),
)


def runs_on_asyncio(test: Test, project: Project) -> bool:
    """Tell whether pytest-asyncio runs a test's code, in a loop of its own."""
    if not test.is_async or test.is_others or test.is_unittest:
        return False
    is_auto = project.configuration(test.module.path).mode == "auto"
    return is_auto or test.mark("asyncio") is not None


def is_set_up_on_asyncio(fixture: Fixture, project: Project) -> bool:
    """Tell whether pytest-asyncio runs a fixture's code, in a loop of its own."""
    if not fixture.is_async:
        return False
    is_auto = project.configuration(fixture.module.path).mode == "auto"
    return fixture.made_by == "pytest_asyncio" or (
        fixture.made_by == "pytest" and is_auto
    )


def functions_on_asyncio(
    module: Module, project: Project
) -> dict[Function, str | None]:
    """Return what pytest-asyncio runs of a module, and the scope of the loop."""
    suite = project.suite(module)
    functions = {
        test.function: project.loop_scope_of_test(test)
        for test in suite.tests
        if runs_on_asyncio(test, project)
    }
    return functions | {
        fixture.function: project.loop_scope_of_fixture(fixture)
        for fixture in suite.fixtures
        if is_set_up_on_asyncio(fixture, project)
    }


def certain_calls(module: Module, function: Function) -> Iterator[ast.Call]:
    """Yield the calls of a function's own code that may well raise an error unseen.

    Those whose errors are expected or caught are left out, and those of generator
    expressions, which may run elsewhere.
    """
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and not _is_guarded(module, node):
            yield node


def _is_guarded(module: Module, node: ast.AST) -> bool:
    previous = node
    for parent in module.parents(node):
        if isinstance(parent, FUNCTIONS):
            break
        if isinstance(parent, ast.GeneratorExp):
            return True
        if isinstance(parent, ast.Try) and parent.handlers and previous in parent.body:
            return True
        if isinstance(parent, (ast.With, ast.AsyncWith)) and any(
            module.qualified(called(item.context_expr)) in _EXPECTING
            for item in parent.items
        ):
            return True
        previous = parent
    return False


def is_call_of(module: Module, node: ast.AST, name: str) -> bool:
    """Tell whether code is a call of something, by its full name."""
    return isinstance(node, ast.Call) and module.qualified(node.func) == name


def always_runs(module: Module, node: ast.AST, function: Function) -> bool:
    """Tell whether code runs whenever its function does, unless something is raised."""
    conditional = (
        *(ast.If, ast.IfExp, ast.BoolOp, ast.For, ast.AsyncFor, ast.While),
        *(ast.Match, ast.ExceptHandler, ast.ListComp, ast.SetComp, ast.DictComp),
    )
    statement: ast.AST = node
    for parent in module.parents(node):
        if parent is function:
            break
        if isinstance(parent, conditional):
            return False
        statement = parent
    return not any(
        isinstance(each, ast.Return)
        for before in function.body[: function.body.index(statement)]  # type: ignore[arg-type]  # the loop ends at one of them
        for each in walk(before)
    )


def origin_of_loop(module: Module, node: ast.expr) -> str:
    """Return what of asyncio's made, or got, the event loop that an expression is.

    Nothing where that cannot be told: a parameter, an attribute, a name bound twice.
    """
    if isinstance(node, ast.Call):
        name = module.qualified(node.func)
        return name if name in _LOOP_MAKERS else ""
    if not isinstance(node, ast.Name):
        return ""
    bindings = module.names.bindings(node)
    match bindings:
        case [ast.Assign(targets=[ast.Name()], value=ast.Call() as value)]:
            return origin_of_loop(module, value)
        case _:
            return ""


def has_only_transparent_decorators(
    module: Module, node: Function | ast.ClassDef
) -> bool:
    """Tell whether no decorator makes something else of a test, as far as is known."""
    return all(_is_transparent(module, each) for each in node.decorator_list)


def _is_transparent(module: Module, decorator: ast.expr) -> bool:
    qualified = module.qualified(called(decorator))
    return (
        bool(mark_name(module, decorator))
        or qualified in _TRANSPARENT_DECORATORS
        or qualified.startswith(("unittest.mock.patch", "mock.patch"))
    )


def statement_of(module: Module, node: ast.AST) -> ast.stmt | None:
    """Return the statement that an expression is in."""
    found: Sequence[ast.AST] = [node, *module.parents(node)]
    return next((each for each in found if isinstance(each, ast.stmt)), None)
