"""Rules on calls whose coroutine or result is lost."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..callees import Callees
from ..changes import Await
from ..rule import Fix, Rule
from ..syntax import FUNCTIONS, keyword, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..async_names import AsyncNames, Outline
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: calls ---------------------------------------------------------------------

# Statements and assertions that begin with a call: what they call.
_BARE_CALL = re.compile(rb"\n[ \t]+([A-Za-z_][\w.]*)\(")
_ASSERTED_CALL = re.compile(rb"assert[\s(]+(?:not[\s(]+)?([A-Za-z_][\w.]*)\(")
_WORDS_OF_TESTS = (b"def test", b"fixture", b"assert")
# Who writes one of these means to lose a coroutine, or a type checker to look away.
_ON_PURPOSE = re.compile(
    r"never awaited|not awaited|RuntimeWarning|unraisable|unused-coroutine"
    r"|reportUnusedCoroutine"
)
# These are raised by a call whose arguments are wrong, before there is a coroutine.
_RAISED_BY_CALLS = frozenset({"TypeError", "Exception", "BaseException"})
_WARNING_CONTEXTS = frozenset(
    {"pytest.warns", "pytest.deprecated_call", "warnings.catch_warnings"}
)


class MissingAwait(Rule):
    """A coroutine is made and never awaited.

    A call of an `async def` runs nothing of it: it makes a coroutine, which does
    something when it is awaited. A coroutine is true and equal to nothing but itself,
    so that `assert is_ready()` passes whatever the answer would be, and
    `with pytest.raises(...)` sees no error. All there is to see is `RuntimeWarning:
    coroutine 'is_ready' was never awaited`, often under another test's name.

    Only calls are reported that certainly call an `async def` of the same project:
    nothing that is decorated, replaced by a mock, or found in an object of unknown
    class. The test does with `await` what it says, and may fail when it first does.

    Before:

        async def is_ready():
            return False


        async def test_is_ready():
            assert is_ready()

    After, with --unsafe-fixes:

        async def is_ready():
            return False


        async def test_is_ready():
            assert await is_ready()

    By hand: make the test `async def` if it is not, await the call, and look at what it
    returns.
    """

    code = "PTA213"
    name = "missing-await"
    message = "`{called}()` is not awaited: {effect}"
    by_hand = "await it, in an `async def`"

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for bare calls of names that may be async in this or another file."""
        if not any(word in raw for word in _WORDS_OF_TESTS):
            return False
        calls = {*_BARE_CALL.findall(raw), *_ASSERTED_CALL.findall(raw)}
        names = project.async_names
        outline = names.outline(path, raw)
        return any(_may_be_async(each, outline, names) for each in calls)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield calls whose coroutine goes nowhere."""
        if not project.is_of_tests(module):
            return
        callees = Callees(project, module)
        names = project.async_names
        outline = names.outline(module.path, module.raw)
        for call, effect in _lost_calls(module):
            name = _dotted(call.func)
            if (
                name
                and _may_be_async(name.encode(), outline, names)
                and callees.coroutine_function(call)
                and not _is_meant(module, call)
            ):
                inside = module.function_of(call)
                is_async = isinstance(inside, ast.AsyncFunctionDef)
                fix = Fix((Await(call),), is_safe=False) if is_async else None
                yield self.found(module, call, fix, called=name, effect=effect)


def _dotted(node: ast.expr) -> str:
    """Return the text of `a.b.c`; nothing for any other expression."""
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _may_be_async(called: bytes, outline: Outline, names: AsyncNames) -> bool:
    owner, _, name = called.rpartition(b".")
    if not owner:
        return names.is_function(outline, name)
    if owner in {b"self", b"cls"}:
        return name in outline.functions or any(
            name in names.methods(outline, base) for base in outline.bases
        )
    if b"." in owner:
        module = names.at(outline.directory, 0, owner.decode())
        return module is not None and names.is_function(module, name)
    if owner in outline.imports:
        return name in names.in_module(outline, owner)
    if owner in outline.classes:
        return name in names.methods(outline, owner)
    return names.is_method_of(outline, owner, name)


def _lost_calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield calls of which the result is not kept, and what that means."""
    for node in walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.value, _effect_of_statement(module, node)
        elif isinstance(node, ast.Assert):
            yield from _asserted_calls(node.test, "a coroutine is always true")


def _effect_of_statement(module: Module, node: ast.Expr) -> str:
    if any("pytest.raises" in names for names in _contexts(module, node)):
        return "nothing of it runs, and nothing is raised"
    return "nothing of it runs"


def _asserted_calls(node: ast.expr, effect: str) -> Iterator[tuple[ast.Call, str]]:
    match node:
        case ast.Call():
            yield node, effect
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _asserted_calls(operand, "a coroutine is never false")
        case ast.BoolOp(values=values):
            for value in values:
                yield from _asserted_calls(value, effect)
        case ast.Compare(left=left, comparators=others):
            for each in (left, *others):
                if isinstance(each, ast.Call):
                    yield each, "a coroutine is compared, not what it returns"


def _contexts(module: Module, node: ast.AST) -> Iterator[set[str]]:
    """Yield what the context managers around a node are: their names and arguments."""
    for parent in module.parents(node):
        if isinstance(parent, FUNCTIONS):
            return
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            for item in parent.items:
                yield {
                    module.qualified(each)
                    for each in walk(item.context_expr)
                    if isinstance(each, ast.expr)
                }


def _is_meant(module: Module, call: ast.Call) -> bool:
    """Tell whether a test is about a lost coroutine, or about wrong arguments."""
    for names in _contexts(module, call):
        methods = {name.rpartition(".")[2] for name in names}
        if names & _WARNING_CONTEXTS or methods & {"assertWarns", "assertWarnsRegex"}:
            return True
        raising = "pytest.raises" in names or "assertRaises" in methods
        if raising and methods & _RAISED_BY_CALLS:
            return True
    outermost = module.outermost(call)
    start = module.span_with_decorators(outermost)[0]
    end = module.offset(outermost.end_lineno or 0) + len(
        module.lines[(outermost.end_lineno or 0) - 1]
    )
    return bool(_ON_PURPOSE.search(module.text, start, end))


class IgnoredResults(Rule):
    """Failures of what a test runs at the same time are never looked at.

    `await asyncio.gather(..., return_exceptions=True)` returns the exceptions, and
    `await asyncio.wait(...)` the tasks that have them: neither raises any. As a
    statement by itself each passes, whatever happened in what it waited for.

    It is left alone where the test may mean it: where it asserts something afterwards,
    cancels its tasks, keeps them to look at later, or cleans up after what it has
    asserted.

    Before:

        import asyncio


        async def connect(number):
            raise ConnectionError(number)


        async def test_all_connect():
            await asyncio.gather(connect(1), connect(2), return_exceptions=True)

    By hand: leave `return_exceptions` out, so that the first failure fails the test,
    or keep the results and look at each; with `wait`, call `.result()` of each task
    that is done.
    """

    code = "PTA214"
    name = "ignored-results"
    message = "what fails in `{called}()` is never looked at: the test passes"
    by_hand = "leave `return_exceptions` out, or keep the results and look at each"
    words = (b"return_exceptions", b"asyncio.wait(", b"await wait(")
    pattern = re.compile(rb"\n[ \t]+await[ \t]+[\w.]+\(")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield statements in tests that wait and look at nothing."""
        for test in project.suite(module).tests:
            for node in own_nodes(test.function):
                match node:
                    case ast.Expr(value=ast.Await(value=ast.Call() as call)):
                        name = module.qualified(call.func)
                        if _hides_failures(name, call) and not _may_be_meant(
                            test, module, call
                        ):
                            yield self.found(module, call, called=name)


def _hides_failures(name: str, call: ast.Call) -> bool:
    if name == "asyncio.wait":
        # With a time limit, or until the first is done, it may wait for a state.
        return not call.keywords
    returned = keyword(call, "return_exceptions")
    return (
        name == "asyncio.gather"
        and returned is not None
        and isinstance(returned.value, ast.Constant)
        and returned.value.value is True
    )


def _may_be_meant(test: Test, module: Module, call: ast.Call) -> bool:
    """Tell whether a test cancels, cleans up, or looks at what it waited for."""
    if any(isinstance(each, ast.Try) for each in module.parents(call)):
        return True
    if any(
        isinstance(each, ast.Attribute) and each.attr in {"cancel", "result"}
        for each in walk(test.function)
    ):
        return True
    asserted = [node for node in own_nodes(test.function) if _asserts(module, node)]
    waited = {each.id for each in walk(call) if isinstance(each, ast.Name)}
    if not _makes_all(call):
        return bool(asserted) or _are_used_behind(waited, test.function, call)
    return any(_is_behind(node, call) for node in asserted)


def _makes_all(call: ast.Call) -> bool:
    """Tell whether all that is waited for is made in the call itself."""
    items = [
        each.value if isinstance(each, ast.Starred) else each for each in call.args
    ]
    if len(items) == 1 and isinstance(items[0], (ast.List, ast.Set, ast.Tuple)):
        items = items[0].elts
    return all(
        isinstance(each, (ast.Call, ast.ListComp, ast.SetComp, ast.GeneratorExp))
        for each in items
    )


def _asserts(module: Module, node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = _dotted(node.func)
        last = name.rpartition(".")[2]
        qualified = module.qualified(node.func)
        return "assert" in last or qualified in {"pytest.raises", "pytest.fail"}
    return isinstance(node, ast.Assert)


def _are_used_behind(names: set[str], function: Function, call: ast.Call) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id in names and _is_behind(each, call)
        for each in walk(function)
    )


def _is_behind(node: ast.AST, call: ast.Call) -> bool:
    line: int = getattr(node, "lineno", 0)
    return line > (call.end_lineno or 0)


CALL_RULES: tuple[Rule, ...] = (MissingAwait(), IgnoredResults())
