"""Rules on marks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import Delete, DeleteDecorator, DeleteItem, RenameKeyword, Replace
from ..rule import Fix, Rule
from ..suite import mark_name
from ..syntax import FUNCTIONS, keyword, string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Mark

# --- Rules: marks ---------------------------------------------------------------------

_MARK_SCOPES = ("function", "class", "module", "package", "session")
_HAS_SCOPE = re.compile(rb"asyncio\s*\([^()]*\bscope\s*=")
_FIXTURE_DECORATOR = re.compile(rb"@[\w.]*fixture\b")
# It kept `get_event_loop()` from working outside of coroutines.
_FORMER_KEYWORD = "forbid_global_loop"
_MARK_KEYWORDS = ("loop_scope", "scope", "loop_factories")


def asyncio_mark_calls(module: Module) -> Iterator[ast.Call]:
    """Yield every `pytest.mark.asyncio(...)`, wherever it stands."""
    for node in walk(module.tree):
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            named = isinstance(node.func, (ast.Name, ast.Attribute))
            if named and mark_name(module, node) == "asyncio":
                yield node


def without_mark(module: Module, mark: Mark) -> tuple[Change, ...]:
    """Return what takes a mark away: a decorator, an element, or a `pytestmark`."""
    items = mark.items
    if items is None:
        if isinstance(mark.owner, ast.Module) or mark.node not in _decorators(mark):
            parent = module.parent(mark.node)
            return (Delete(parent),) if isinstance(parent, ast.stmt) else ()
        return (DeleteDecorator(mark.node),)
    if len(items.elts) == 1:
        parent = module.parent(items)
        return (Delete(parent),) if isinstance(parent, ast.stmt) else ()
    if isinstance(items, ast.Tuple) and len(items.elts) == len("ab"):
        # A tuple of one element would need its comma.
        other = next(each for each in items.elts if each is not mark.node)
        return (Replace(items, module.segment(other)),)
    return (DeleteItem(mark.node, items.elts),)


def _decorators(mark: Mark) -> Sequence[ast.expr]:
    return () if isinstance(mark.owner, ast.Module) else mark.owner.decorator_list


class MarkScope(Rule):
    """`scope` of the asyncio mark is now called `loop_scope`.

    It chooses the event loop that the test runs on, and has nothing to do with the
    scope of a fixture. The old name gives a warning at each test that has it:
    `PytestDeprecationWarning: The "scope" keyword argument to the asyncio marker has
    been deprecated. Please use the "loop_scope" argument instead.`

    Before:

        import pytest


        @pytest.mark.asyncio(scope="module")
        async def test_remembers():
            ...

    After:

        import pytest


        @pytest.mark.asyncio(loop_scope="module")
        async def test_remembers():
            ...
    """

    code = "PTA105"
    name = "asyncio-mark-scope"
    message = "`scope` of the asyncio mark is deprecated: it is `loop_scope`"
    pattern = _HAS_SCOPE
    words = (b"mark",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that says `scope` only."""
        del project
        for call in asyncio_mark_calls(module):
            scope = keyword(call, "scope")
            if scope and not keyword(call, "loop_scope"):
                yield self.found(
                    module, scope, Fix((RenameKeyword(scope, "loop_scope"),))
                )


class MarkScopes(Rule):
    """An asyncio mark has both `scope` and `loop_scope`.

    They are the old and the new name of one thing. The test is not run: `An asyncio
    pytest marker defines both "scope" and "loop_scope", but it should only use
    "loop_scope".`

    Before:

        import pytest


        @pytest.mark.asyncio(scope="module", loop_scope="module")
        async def test_remembers():
            ...

    After:

        import pytest


        @pytest.mark.asyncio(loop_scope="module")
        async def test_remembers():
            ...
    """

    code = "PTA106"
    name = "asyncio-mark-both-scopes"
    message = "an asyncio mark may have no `scope` beside its `loop_scope`"
    pattern = _HAS_SCOPE
    words = (b"loop_scope",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that says both."""
        del project
        for call in asyncio_mark_calls(module):
            scope = keyword(call, "scope")
            if scope and keyword(call, "loop_scope"):
                items = sorted([*call.args, *call.keywords], key=module.span)
                yield self.found(module, scope, Fix((DeleteItem(scope, items),)))


class MarkedFixture(Rule):
    """A mark is on a fixture.

    It never did anything there, and since pytest 9 the module is not collected: `Marks
    cannot be applied to fixtures.` A fixture that is `async def` needs no asyncio mark,
    only `@pytest_asyncio.fixture`. `usefixtures` on a fixture never set anything up: a
    fixture that needs others takes them as arguments.

    Before:

        import pytest
        import pytest_asyncio


        @pytest.mark.asyncio
        @pytest_asyncio.fixture
        async def client():
            yield 1

    After:

        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            yield 1
    """

    code = "PTA114"
    name = "marked-fixture"
    message = "the mark `{mark}` on the fixture `{fixture}` is an error in pytest 9"
    words = (b"mark",)

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether a decorator that is called so has another one beside it."""
        del project, path
        return b"mark" in raw and any(
            _has_another_decorator(raw, match)
            for match in _FIXTURE_DECORATOR.finditer(raw)
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark that is on a fixture."""
        suite = project.suite(module)
        fixtures = {fixture.function: fixture for fixture in suite.fixtures}
        for mark in suite.marks:
            fixture = isinstance(mark.owner, FUNCTIONS) and fixtures.get(mark.owner)
            if fixture:
                yield self.found(
                    module,
                    mark.node,
                    Fix((DeleteDecorator(mark.node),)),
                    mark=mark.name,
                    fixture=fixture.name,
                )


def _has_another_decorator(raw: bytes, decorator: re.Match[bytes]) -> bool:
    """Tell whether a decorator is below the end of another one, or has one below it."""
    above = raw[max(decorator.start() - 200, 0) : decorator.start()].splitlines()
    # The last is what the decorator is indented by, if it is.
    lines = [line.strip() for line in above if line.strip()]
    end = raw.find(b"def ", decorator.end())
    return raw.find(b"@", decorator.end(), end) >= 0 or bool(
        lines and lines[-1].startswith((b"@", b")", b"#"))
    )


class RedundantMark(Rule):
    """In auto mode, an asyncio mark without arguments does nothing.

    `asyncio_mode = auto` marks every asynchronous test. What is left of the marks tells
    readers that they matter, and that a test without one is something else.

    A mark below another one that has arguments stays: it brings the test back to the
    default loop.

    Before:

        # pytest.ini
        [pytest]
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = function
        # test_it.py
        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            await asyncio.sleep(0)

    After:

        # pytest.ini
        [pytest]
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = function
        # test_it.py
        import asyncio


        async def test_sleeps():
            await asyncio.sleep(0)
    """

    code = "PTA116"
    name = "redundant-asyncio-mark"
    message = "in auto mode the asyncio mark does nothing"
    words = (b"mark",)
    pattern = re.compile(rb"asyncio")
    is_default = False

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each mark of tests that changes nothing."""
        if project.configuration(module.path).mode != "auto":
            return
        suite = project.suite(module)
        fixtures = {fixture.function for fixture in suite.fixtures}
        for mark in suite.marks:
            is_of_tests = mark.name == "asyncio" and mark.owner not in fixtures
            if is_of_tests and is_redundant(module, mark, suite.marks):
                yield self.found(module, mark.node, Fix(without_mark(module, mark)))


def is_redundant(module: Module, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Tell whether auto mode gives a test what a mark of it says.

    Args:
        module: Where the mark is.
        mark: An asyncio mark.
        marks: All marks of the module.
    """
    if mark.has_arguments:
        return False
    around = {mark.owner, *module.parents(mark.owner)}
    return not any(
        each.name == "asyncio" and each.has_arguments and each.owner in around
        for each in marks
    )


class MarkArguments(Rule):
    """An asyncio mark has an argument that it does not know.

    It takes `loop_scope` and `loop_factories`, by name. A test with anything else is
    not run: `mark.asyncio accepts only keyword arguments 'loop_scope' and
    'loop_factories'.` or `mark.asyncio got an unexpected loop scope value 'global'.
    Valid scopes are: function, class, module, package, session.`

    Before:

        import pytest


        @pytest.mark.asyncio("module")
        async def test_remembers():
            ...

    By hand: write `@pytest.mark.asyncio(loop_scope="module")`, with the scope of the
    loop that the test shall run on, or leave the argument out. `forbid_global_loop`,
    which has meant nothing since 0.11, is taken out.
    """

    code = "PTA216"
    name = "unknown-mark-argument"
    message = "an asyncio mark cannot have {what}"
    by_hand = (
        "use `loop_scope` with `function`, `class`, `module`, `package` or `session`, "
        "or `loop_factories` with a list of names; or leave the argument out"
    )
    words = (b"mark",)
    # Anything but no argument, or one of the right ones.
    pattern = re.compile(
        rb"asyncio\s*\((?!\s*(?:loop_scope\s*=\s*[\"'](?:function|class|module|package"
        rb"|session)[\"']\s*,?\s*)?\))"
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each argument that a mark has none of."""
        del project
        for call in asyncio_mark_calls(module):
            for node, what in _refused(call):
                yield self.found(module, node, _without(call, node), what=what)


def _without(call: ast.Call, node: ast.AST) -> Fix | None:
    """Return what takes an argument away that meant something before 0.11 only."""
    if not isinstance(node, ast.keyword) or node.arg != _FORMER_KEYWORD:
        return None
    return Fix((DeleteItem(node, [*call.args, *call.keywords]),))


def _refused(call: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    """Yield the arguments of a mark that it cannot have, and what they are called."""
    if _marks_a_function(call):
        return
    for argument in call.args:
        if not isinstance(argument, ast.Starred):
            yield argument, "an argument without a name"
    for each in call.keywords:
        if each.arg and each.arg not in _MARK_KEYWORDS:
            yield each, f"an argument `{each.arg}`"
        elif each.arg in {"scope", "loop_scope"} and _is_no_scope(each.value):
            yield each, f"the scope {ast.unparse(each.value)}"
        elif each.arg == "loop_factories" and _are_no_names(each.value):
            yield each, "anything but a list of names as its `loop_factories`"


def _marks_a_function(call: ast.Call) -> bool:
    """Tell whether a mark is applied: `pytest.mark.asyncio(test)` is no argument."""
    return (
        len(call.args) == 1
        and not call.keywords
        and not isinstance(
            call.args[0],
            (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set),
        )
    )


def _is_no_scope(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is not None and node.value not in _MARK_SCOPES
    return isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.Set))


def _are_no_names(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is not None
    if isinstance(node, (ast.List, ast.Tuple)):
        return not node.elts or any(
            isinstance(each, ast.Constant) and not string(each) for each in node.elts
        )
    return isinstance(node, (ast.Dict, ast.Set))


MARK_RULES: tuple[Rule, ...] = (
    MarkScope(),
    MarkScopes(),
    MarkedFixture(),
    RedundantMark(),
    MarkArguments(),
)
