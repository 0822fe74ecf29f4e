"""Rules on event loop policies and child watchers."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from ..changes import (
    Change,
    DeleteDecorator,
    DeleteTogether,
    Replace,
    ReplaceSignature,
    ReplaceStatement,
)
from ..edits import Edit, apply_edits
from ..files import UnusableFileError, find_files, read_file
from ..references import (
    call_of,
    is_guarded,
    references,
    runs_before,
    spelled,
    uses_of,
)
from ..rule import Fix, Rule
from ..source import LINE_END, REST_OF_LINE, NotFixableError, first_line
from ..suite import fixture_of
from ..syntax import (
    arguments_of,
    called,
    inner_nodes,
    keyword,
    own_nodes,
    string,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ..changes import Surgery
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture
    from ..syntax import Function

# --- Rules: event loop policies -------------------------------------------------------

_FACTORIES_HOOK = "pytest_asyncio_loop_factories"
_SIGNATURE = f"{_FACTORIES_HOOK}(config, item)"
_CONFTEST = "conftest.py"
_LINE_WIDTH = 88

# What makes a policy, and by which name and with what the hook asks for its loops.
_FACTORIES = {
    "asyncio.DefaultEventLoopPolicy": ("asyncio", "asyncio.new_event_loop"),
    "asyncio.get_event_loop_policy": ("asyncio", "asyncio.new_event_loop"),
    "asyncio.WindowsSelectorEventLoopPolicy": ("selector", "asyncio.SelectorEventLoop"),
    "asyncio.WindowsProactorEventLoopPolicy": ("proactor", "asyncio.ProactorEventLoop"),
    "uvloop.EventLoopPolicy": ("uvloop", "uvloop.new_event_loop"),
    "winloop.EventLoopPolicy": ("winloop", "winloop.new_event_loop"),
}
_INSTALLERS = {
    "uvloop.install": "uvloop.EventLoopPolicy",
    "winloop.install": "winloop.EventLoopPolicy",
}
_POLICIES_DEPRECATED = (3, 14)
_GET_POLICY = "asyncio.get_event_loop_policy"
_WATCHERS = tuple(
    f"asyncio.{kind}ChildWatcher"
    for kind in ("Abstract", "Fast", "MultiLoop", "Pidfd", "Safe", "Threaded")
)
# Who makes loops without pytest-asyncio would no longer get the policy's.
_OWN_LOOPS = re.compile(
    rb"asyncio\.run\(|IsolatedAsyncioTestCase|\banyio\b|new_event_loop\(|"
    rb"run_until_complete"
)
_POLICY_FIXTURE = re.compile(
    rb"\bdef\s+event_loop_policy\b|[\"']event_loop_policy[\"']"
)


class _Factory(NamedTuple):
    """An entry of what the hook returns."""

    name: str
    code: str
    needs: tuple[str, ...] = ()


def _factory(module: Module, node: ast.expr) -> _Factory:
    """Return what makes the loops of a policy; of what makes it, called or not.

    Raises:
        NotFixableError: If it is not known what it is.
    """
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        raise NotFixableError
    function = called(node)
    qualified = _qualified_if_there(module, function)
    found = _FACTORIES.get(_INSTALLERS.get(qualified, qualified))
    if found is None:
        raise NotFixableError
    name, factory = found
    owner, _, last = factory.rpartition(".")
    if isinstance(function, ast.Attribute) and qualified.rpartition(".")[0] == owner:
        return _Factory(name, f"{module.segment(function.value)}.{last}")
    return _Factory(name, *spelled(module, factory, function))


def _qualified_if_there(module: Module, node: ast.expr) -> str:
    """Return what an expression stands for; its module may be None if there is none."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return module.qualified(node)
    bindings = [
        binding
        for binding in module.names.bindings(node.value)
        if not (isinstance(binding, ast.Assign) and _is_no_policy(binding.value))
    ]
    if len(bindings) == 1 and isinstance(bindings[0], ast.Import):
        imported = {each.asname or each.name: each.name for each in bindings[0].names}
        return f"{imported.get(node.value.id, node.value.id)}.{node.attr}"
    return module.qualified(node)


def _is_no_policy(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _mapping(factories: Sequence[_Factory], indented: int) -> str:
    """Return the source text of what the hook returns.

    Raises:
        NotFixableError: If two have the same name.
    """
    if not factories or len({each.name for each in factories}) < len(factories):
        raise NotFixableError
    items = [f'"{each.name}": {each.code}' for each in factories]
    line = "{" + ", ".join(items) + "}"
    if indented + len(f"return {line}") <= _LINE_WIDTH:
        return line
    return "\n".join(["{", *(f"    {item}," for item in items), "}"])


def _has_hook(module: Module) -> bool:
    return _FACTORIES_HOOK in module.names.module.bound


def _below(module: Module, pattern: re.Pattern[bytes], besides: Module | None) -> bool:
    """Tell whether a file matches that a conftest.py counts for."""
    for path in find_files([module.path.parent]):
        if besides and path.absolute() == besides.path.absolute():
            continue
        if pattern.search(_bytes_of(path)):
            return True
    return False


def _bytes_of(path: Path) -> bytes:
    try:
        return read_file(path)
    except UnusableFileError:
        return b""


class EventLoopPolicyFixture(Rule):
    """The fixture `event_loop_policy` is overridden.

    pytest-asyncio 1.x warns on every test, which fails a suite that makes errors of
    warnings: `Overriding the "event_loop_policy" fixture is deprecated and will be
    removed in a future version of pytest-asyncio. Use the
    "pytest_asyncio_loop_factories" hook to customize event loop creation.` Policies
    themselves are deprecated since Python 3.14 and gone from 3.16. The hook, which
    pytest-asyncio has since 1.4, takes their place: it names what makes the loops.
    With several, each async test runs once with each. It must never return None or an
    empty dictionary.

    Before:

        # conftest.py
        import pytest
        import uvloop


        @pytest.fixture(scope="session")
        def event_loop_policy():
            return uvloop.EventLoopPolicy()

    After:

        # conftest.py
        import uvloop


        def pytest_asyncio_loop_factories(config, item):
            return {"uvloop": uvloop.new_event_loop}

    By hand: hooks only work in a conftest.py or a plugin. For a fixture of one module
    or class, have the hook of the closest conftest.py name all factories, and mark the
    tests: `@pytest.mark.asyncio(loop_factories=["uvloop"])`. In a plugin for others,
    decorate the hook with `@pytest.hookimpl(optionalhook=True)`. For a policy of your
    own, return a function that makes the loop which its `new_event_loop` makes.
    """

    code = "PTA108"
    name = "event-loop-policy-fixture"
    message = (
        "the fixture `event_loop_policy` is deprecated: use the hook " + _FACTORIES_HOOK
    )
    by_hand = (
        f"return what makes the loops from `{_FACTORIES_HOOK}(config, item)`, "
        "as a dictionary with a name for each"
    )
    words = (b"event_loop_policy",)
    pattern = _POLICY_FIXTURE

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the fixtures that pytest knows by this name."""
        for fixture in project.suite(module).fixtures:
            if fixture.name != "event_loop_policy":
                continue
            by_hand = ""
            fix = None
            if module.path.name == _CONFTEST:
                fix = _hook_fix(module, fixture)
            else:
                by_hand = (
                    f"hooks do not work here: have `{_FACTORIES_HOOK}` in the closest "
                    "conftest.py return the factory, and choose it where wanted, with "
                    "`@pytest.mark.asyncio(loop_factories=[...])`"
                )
            yield self.found(module, fixture.function, fix, by_hand)


def _hook_fix(module: Module, fixture: Fixture) -> Fix | None:
    function = fixture.function
    if (
        fixture.is_async
        or fixture.owner
        or len(function.decorator_list) > 1
        or _has_hook(module)
        or function not in module.tree.body
    ):
        return None
    try:
        results = [*_results(module, fixture)]
    except NotFixableError:
        return None
    others = _below(module, _POLICY_FIXTURE, besides=module)
    return Fix(
        (
            DeleteDecorator(fixture.decorator),
            ReplaceSignature(function, _SIGNATURE),
            *(change for change, _ in results),
        ),
        is_safe=not others,
        needs=tuple(dict.fromkeys(name for _, needs in results for name in needs)),
    )


def _results(
    module: Module, fixture: Fixture
) -> Iterator[tuple[Change, tuple[str, ...]]]:
    """Yield how to return factories where a fixture returns policies."""
    function = fixture.function
    params = _params(module, fixture)
    returns = [each for each in own_nodes(function) if isinstance(each, ast.Return)]
    last = function.body[-1]
    if not returns and isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield):
        returns = [last]  # type: ignore[list-item]  # a statement with a value all the same
    _refuse_other_steps(function.body)
    for change in _configurations(module, function, is_parametrized=bool(params)):
        yield change, ()
    if not returns or not _ends(function.body, returns):
        raise NotFixableError
    for statement in returns:
        value = statement.value
        if isinstance(value, ast.Yield):
            value = value.value
        if value is None:
            raise NotFixableError
        if params:
            _refuse_other_than_param(value)
            code = _mapping(params, statement.col_offset)
            needs = tuple(name for each in params for name in each.needs)
        else:
            code, needs = _mapped(module, value, statement.col_offset)
        yield ReplaceStatement(statement, f"return {code}"), needs


def _refuse_other_steps(block: Sequence[ast.stmt]) -> None:
    """Refuse a fixture that does more than to choose: a hook is asked many times."""
    for node in block:
        if isinstance(node, (ast.If, ast.Try)):
            _refuse_other_steps([*node.body, *node.orelse])
            for handler in getattr(node, "handlers", ()):
                _refuse_other_steps(handler.body)
            _refuse_other_steps(getattr(node, "finalbody", ()))
        elif isinstance(node, ast.Expr):
            if not isinstance(node.value, (ast.Constant, ast.Yield)):
                raise NotFixableError
        elif not isinstance(
            node, (ast.Return, ast.Raise, ast.Import, ast.ImportFrom, ast.Pass)
        ):
            raise NotFixableError


def _configurations(
    module: Module, function: Function, *, is_parametrized: bool
) -> Iterator[Change]:
    """Yield how a hook gets pytest's configuration where a fixture asks for it.

    Raises:
        NotFixableError: If the fixture uses others: a hook has none.
    """
    arguments = {argument.arg for argument in arguments_of(function.args)}
    for node in inner_nodes(function.body):
        if not isinstance(node, ast.Name) or node.id not in arguments:
            continue
        parent = module.parent(node)
        if node.id == "pytestconfig":
            yield Replace(node, "config")
        elif isinstance(parent, ast.Attribute) and node.id == "request":
            if parent.attr == "config":
                yield Replace(parent, "config")
            elif parent.attr != "param" or not is_parametrized:
                raise NotFixableError
        else:
            raise NotFixableError


def _refuse_other_than_param(value: ast.expr) -> None:
    match called(value):
        case ast.Attribute(value=ast.Name(id="request"), attr="param"):
            return
    raise NotFixableError


def _mapped(
    module: Module, value: ast.expr, indented: int
) -> tuple[str, tuple[str, ...]]:
    """Return what a hook returns where a fixture returns this, and what it needs."""
    if isinstance(value, ast.IfExp):
        first, needs = _mapped(module, value.body, 0)
        second, more = _mapped(module, value.orelse, 0)
        condition = module.segment(value.test)
        return f"{first} if {condition} else {second}", (*needs, *more)
    if not isinstance(value, ast.Call):
        raise NotFixableError
    factory = _factory(module, value)
    return _mapping([factory], indented), factory.needs


def _params(module: Module, fixture: Fixture) -> list[_Factory]:
    """Return what the parameters of a fixture are factories of; none if it has none."""
    argument = keyword(fixture.decorator, "params")
    if argument is None:
        return []
    if not isinstance(argument.value, (ast.List, ast.Tuple)):
        raise NotFixableError
    names = _ids(fixture, len(argument.value.elts))
    return [
        _of_param(module, node, name)
        for node, name in zip(argument.value.elts, names, strict=True)
    ]


def _ids(fixture: Fixture, count: int) -> Sequence[str | None]:
    argument = keyword(fixture.decorator, "ids")
    if argument is None:
        return [None] * count
    elements = getattr(argument.value, "elts", [])
    names = [string(each) for each in elements]
    if len(names) != count or not all(names):
        raise NotFixableError
    return names


def _of_param(module: Module, node: ast.expr, name: str | None) -> _Factory:
    if isinstance(node, ast.Call) and module.qualified(node.func) == "pytest.param":
        said = keyword(node, "id")
        if len(node.args) != 1 or len(node.keywords) > bool(said):
            raise NotFixableError
        return _of_param(module, node.args[0], string(said.value) if said else name)
    factory = _factory(module, node)
    return factory._replace(name=name) if name else factory


def _ends(block: Sequence[ast.stmt], ends: Sequence[ast.stmt]) -> bool:
    """Tell whether a block never runs past its end without one of some statements."""
    last = block[-1] if block else None
    if last in ends or isinstance(last, ast.Raise):
        return True
    if isinstance(last, ast.If):
        return _ends(last.body, ends) and _ends(last.orelse, ends)
    if isinstance(last, ast.Try):
        tried = last.orelse or last.body
        blocks = [tried, *(handler.body for handler in last.handlers)]
        return all(_ends(each, ends) for each in blocks)
    return isinstance(last, ast.With) and _ends(last.body, ends)


class SetEventLoopPolicy(Rule):
    """An event loop policy is set for the whole test run.

    Since Python 3.14 this warns, `DeprecationWarning:
    'asyncio.set_event_loop_policy' is deprecated and slated for removal in Python
    3.16`, and the classes of policies do as well. pytest-asyncio has a hook since 1.4
    that names what makes the loops of tests. It must never return None or an empty
    dictionary: the loop of everywhere else is named as well. What only Pythons before
    3.14 run, by a condition that asks for the version, is left alone.

    Before:

        # conftest.py
        import asyncio
        import sys

        if sys.platform == "win32":
            asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

    After:

        # conftest.py
        import asyncio
        import sys


        def pytest_asyncio_loop_factories(config, item):
            if sys.platform == "win32":
                return {"selector": asyncio.SelectorEventLoop}
            return {"asyncio": asyncio.new_event_loop}

    By hand: the hook has to be in a conftest.py or a plugin. It counts for the tests
    that pytest-asyncio runs. Where others make loops too, with `asyncio.run`, by anyio
    or as unittest's, the fix is not a safe one: give `loop_factory=` to
    `asyncio.Runner`, or `backend_options` to anyio.
    """

    code = "PTA109"
    name = "event-loop-policy-set"
    message = "event loop policies are deprecated: use the hook " + _FACTORIES_HOOK
    by_hand = (
        f"have `{_FACTORIES_HOOK}(config, item)` in a conftest.py return "
        "what makes the loops, as a dictionary with a name for each"
    )
    words = (b"set_event_loop_policy", b"uvloop", b"winloop")
    pattern = re.compile(rb"set_event_loop_policy|\binstall\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls that count for more than one test."""
        names = ("asyncio.set_event_loop_policy", *_INSTALLERS)
        setters = [
            call
            for function in references(module, *names)
            if (call := call_of(module, function))
        ]
        optional = _optional_installs(module)
        if not (setters or optional) or not project.is_of_tests(module):
            return
        calls = [*setters, *optional]
        fix = _set_fix(module, project, calls)
        for call in calls:
            if (
                not _undoes(call)
                and _counts_for_many(module, call)
                and not runs_before(module, call, _POLICIES_DEPRECATED)
            ):
                yield self.found(module, call, fix)


def _optional_installs(module: Module) -> list[ast.Call]:
    """Return calls of an installer whose import may have failed."""
    return [
        node
        for node in walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "install"
        and module.qualified(node.func) not in _INSTALLERS
        and _qualified_if_there(module, node.func) in _INSTALLERS
    ]


def _undoes(call: ast.Call) -> bool:
    """Tell whether a call sets the policy back to the usual one."""
    return bool(call.args) and _is_no_policy(call.args[0])


def _counts_for_many(module: Module, call: ast.Call) -> bool:
    """Tell whether a call is made for a module, or by a hook or a fixture."""
    function = module.function_of(call)
    if function is None:
        return True
    if isinstance(function, ast.Lambda):
        return False
    if function.name.startswith("pytest_"):
        return True
    fixture = fixture_of(module, function)
    return fixture is not None and not fixture.name.startswith("event_loop")


def _set_fix(
    module: Module, project: Project, setters: Sequence[ast.Call]
) -> Fix | None:
    """Return the fix for all calls of a module at once, if one hook can do it."""
    if module.path.name != _CONFTEST or _has_hook(module):
        return None
    if any(module.function_of(call) for call in setters):
        return None
    if any(each.name == "event_loop_policy" for each in project.suite(module).fixtures):
        return None
    statements = {_top_statement(module, call) for call in setters}
    if len(statements) != 1:
        return None
    statement = statements.pop()
    try:
        hook = _HookText(module, statement, setters)
        code = hook.text()
    except NotFixableError:
        return None
    is_safe = not _below(module, _OWN_LOOPS, besides=None)
    return Fix((_BecomeHook(statement, code),), is_safe, hook.needs())


def _top_statement(module: Module, node: ast.AST) -> ast.stmt:
    return [node, *module.parents(node)][-2]  # type: ignore[return-value]  # it is one


class _HookText:
    """The hook that does what a statement of a module does."""

    def __init__(
        self, module: Module, statement: ast.stmt, setters: Sequence[ast.Call]
    ) -> None:
        self._module, self._statement = module, statement
        self._setters = {
            parent: call
            for call in setters
            if isinstance(parent := module.parent(call), ast.Expr)
        }
        if len(self._setters) < len(setters):
            raise NotFixableError
        self._needs: list[str] = ["asyncio"]

    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._needs))

    def text(self) -> str:
        """Return its source text, with line feeds at the ends of lines."""
        nodes = list(inner_nodes([self._statement]))
        self._refuse_other_work([self._statement])
        lines = self._rewritten(self._obsolete(nodes))
        if not _ends([self._statement], [*self._setters]):
            default = spelled(self._module, "asyncio.new_event_loop", self._statement)
            lines += f"\nreturn {_mapping([_Factory('asyncio', default.code)], 0)}"
        return f"def {_SIGNATURE}:\n{textwrap.indent(lines, '    ')}"

    def _refuse_other_work(self, block: Sequence[ast.stmt]) -> None:
        """Refuse anything but choosing a policy, which has to come last."""
        for index, node in enumerate(block):
            is_last = index == len(block) - 1
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
                continue
            if not is_last:
                raise NotFixableError
            if isinstance(node, ast.If):
                self._refuse_other_work(node.body)
                self._refuse_other_work(node.orelse)
            elif isinstance(node, ast.Try) and not node.finalbody:
                self._refuse_other_work(node.body)
                self._refuse_other_work(node.orelse)
                for handler in node.handlers:
                    self._refuse_other_work(handler.body)
            elif node not in self._setters:
                raise NotFixableError

    def _obsolete(self, nodes: Sequence[ast.AST]) -> list[ast.stmt]:
        """Return the imports that are to go: those of asyncio.

        Raises:
            NotFixableError: If what is imported here is used elsewhere.
        """
        obsolete: list[ast.stmt] = []
        for node in nodes:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            bound = {alias.asname or alias.name for alias in node.names}
            is_asyncio = (
                bound == {"asyncio"}
                if isinstance(node, ast.Import)
                else node.module == "asyncio"
            )
            if is_asyncio:
                obsolete.append(node)
            elif any(self._is_used_elsewhere(name, nodes) for name in bound):
                raise NotFixableError
        return obsolete

    def _is_used_elsewhere(self, name: str, nodes: Sequence[ast.AST]) -> bool:
        here = set(nodes)
        return any(
            isinstance(node, ast.Name) and node.id == name and node not in here
            for node in walk(self._module.tree)
        )

    def _rewritten(self, obsolete: Sequence[ast.stmt]) -> str:
        """Return the statement's text with what is returned for what was set."""
        module = self._module
        start, end = module.span(self._statement)
        rest = REST_OF_LINE.match(module.text, end)
        if rest is None or ";" in rest.group():
            raise NotFixableError
        edits = [self._returned(*setter) for setter in self._setters.items()]
        if obsolete:
            edits += DeleteTogether(obsolete).edits(module)
        shifted = [
            Edit(edit.start - start, edit.end - start, edit.replacement)
            for edit in edits
        ]
        text = apply_edits(module.text[start : rest.end()], shifted)
        return LINE_END.sub("\n", text).rstrip()

    def _returned(self, statement: ast.Expr, call: ast.Call) -> Edit:
        start, end = self._module.span(statement)
        self._module.refuse_comments(start, end)
        made = call
        if self._module.qualified(call.func) == "asyncio.set_event_loop_policy":
            if len(call.args) != 1 or not isinstance(call.args[0], ast.Call):
                raise NotFixableError
            made = call.args[0]
        factory = _factory(self._module, made)
        self._needs += factory.needs
        return Edit(start, end, f"return {_mapping([factory], 0)}")


class _BecomeHook(Change):
    """A statement of a module becomes a function, below the last import."""

    def __init__(self, statement: ast.stmt, code: str) -> None:
        self._statement, self._code = statement, code
        self._tree: ast.Module | None = None  # if it moves
        self._follower: ast.stmt | None = None

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one where it was, and one where it comes to stand."""
        start = module.above_comments(module.offset(first_line(self._statement)))
        end = self._end(module, self._statement)
        comments = module.text[start : module.offset(first_line(self._statement))]
        code = f"{comments}{self._code}".replace("\r\n", "\n")
        above, below = module.blank_lines_above(start), module.blank_lines_below(end)
        later = self._last_import(module)
        if later is None:
            yield self._placed(module, above, below, code)
            return
        yield Edit(start, below, "")
        place = self._end(module, later)
        self._tree = module.tree
        followers = module.tree.body[module.tree.body.index(later) + 1 :]
        self._follower = followers[0] if followers else None
        yield self._placed(module, place, module.blank_lines_below(place), code)

    def _last_import(self, module: Module) -> ast.stmt | None:
        """Return the last import below the statement, if there is one."""
        body = module.tree.body
        below = body[body.index(self._statement) + 1 :]
        imports = [
            each for each in below if isinstance(each, (ast.Import, ast.ImportFrom))
        ]
        return imports[-1] if imports else None

    @staticmethod
    def _end(module: Module, statement: ast.stmt) -> int:
        end = module.span(statement)[1]
        rest = REST_OF_LINE.match(module.text, end)
        if rest is None or ";" in rest.group():
            raise NotFixableError
        return rest.end()

    @staticmethod
    def _placed(module: Module, start: int, end: int, code: str) -> Edit:
        before = "\n\n" if start else ""
        after = "\n\n\n" if end < len(module.text) else "\n"
        if start and not module.text[:start].endswith(("\n", "\r")):
            before = f"\n{before}"
        text = f"{before}{code}{after}"
        return Edit(start, end, text.replace("\n", module.line_end_near(start)))

    def operate(self, surgery: Surgery) -> None:
        """Put the function there in the tree."""
        new: list[ast.AST] = [*ast.parse(self._code).body]
        surgery.replaced[self._statement] = [] if self._tree else new
        if self._follower:
            surgery.preceded.setdefault(self._follower, []).extend(new)
        elif self._tree:
            surgery.extended.setdefault((self._tree, "body"), []).extend(new)


class SetChildWatcher(Rule):
    """A child watcher is set.

    Python 3.14 has no child watchers any more: `AttributeError: module 'asyncio' has no
    attribute 'set_child_watcher'`. Since Python 3.8 none has to be set for subprocesses
    to be waited for, whatever the thread, and since 3.12 the calls warn.

    Before:

        import asyncio

        import pytest


        @pytest.fixture(autouse=True)
        def watched(monkeypatch):
            monkeypatch.setenv("COLUMNS", "80")
            watcher = asyncio.ThreadedChildWatcher()
            asyncio.set_child_watcher(watcher)

    After:

        import pytest


        @pytest.fixture(autouse=True)
        def watched(monkeypatch):
            monkeypatch.setenv("COLUMNS", "80")

    By hand: delete the call, and what only serves it.
    """

    code = "PTA122"
    name = "child-watcher"
    message = "child watchers are gone from Python 3.14 and not needed"
    by_hand = "delete it, and what only serves it"
    words = (b"child_watcher",)
    pattern = re.compile(rb"[sg]et_child_watcher")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls, but those for old versions of Python alone."""
        del project
        for call in _watcher_calls(module):
            if not is_guarded(module, call):
                yield self.found(module, call, _without_watcher(module, call))


def _watcher_calls(module: Module) -> Iterator[ast.Call]:
    for node in walk(module.tree):
        if isinstance(node, ast.Call):
            function = called(node)
            if module.qualified(function) in {
                "asyncio.set_child_watcher",
                "asyncio.get_child_watcher",
            }:
                yield node
            elif isinstance(function, ast.Attribute) and function.attr in {
                "set_child_watcher",
                "get_child_watcher",
            }:
                policy = _value_of(module, function.value)
                if _is_call_of(module, policy, _GET_POLICY):
                    yield node


def _value_of(module: Module, node: ast.expr) -> ast.expr | None:
    """Return the value of a name that is given one once; else the expression."""
    if not isinstance(node, ast.Name):
        return node
    match module.names.bindings(node):
        case [ast.Assign(targets=[ast.Name()], value=value)]:
            return value
    return None


def _is_call_of(module: Module, node: ast.expr | None, *names: str) -> bool:
    return isinstance(node, ast.Call) and module.qualified(node.func) in names


def _without_watcher(module: Module, call: ast.Call) -> Fix | None:
    """Return a fix that deletes a call, if nothing is left then that misses it."""
    going = _statements_of_call(module, call)
    if not going:
        return None
    going = _with_orphans(module, going)
    is_safe = all(
        _is_call_of(module, argument, *_WATCHERS)
        or _is_no_policy(argument)
        or _is_bound_by(module, argument, going)
        for argument in call.args
    )
    return Fix((DeleteTogether(_whole_blocks(module, going)),), is_safe)


def _is_bound_by(module: Module, node: ast.expr, going: Sequence[ast.stmt]) -> bool:
    """Tell whether a name is one that only what goes binds."""
    return isinstance(node, ast.Name) and all(
        binding in going for binding in module.names.bindings(node)
    )


def _statements_of_call(module: Module, call: ast.Call) -> list[ast.stmt]:
    parent = module.parent(call)
    if isinstance(parent, ast.Expr):
        return [parent]
    if isinstance(parent, ast.Attribute) and parent.attr == "attach_loop":
        attached = module.parent(module.parent(parent))
        return [attached] if isinstance(attached, ast.Expr) else []
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        return [parent] if _serves_only(module, parent, []) else []
    return []


def _with_orphans(module: Module, going: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with those that only make what goes with them."""
    found = list(going)
    names = {
        node.id
        for statement in going
        for node in walk(statement)
        if isinstance(node, ast.Name)
    }
    block = module.block_of(going[0])
    for node in block:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in names
            and (
                node in going
                or _is_call_of(module, node.value, *_WATCHERS, _GET_POLICY)
            )
            and _serves_only(module, node, going)
        ):
            uses = _attachments(module, node.targets[0])
            found += [each for each in [node, *uses] if each not in found]
    return sorted(found, key=lambda node: node.lineno)


def _serves_only(module: Module, node: ast.Assign, going: Sequence[ast.stmt]) -> bool:
    """Tell whether what a name is given is used by what goes, and to attach a loop."""
    target = node.targets[0]
    if not isinstance(target, ast.Name) or len(node.targets) > 1:
        return False
    gone = {each for statement in going for each in walk(statement)}
    return all(
        use in gone or _attachment(module, use) for use in uses_of(module, target)
    )


def _attachments(module: Module, target: ast.Name) -> list[ast.stmt]:
    found = [_attachment(module, use) for use in uses_of(module, target)]
    return [each for each in found if each]


def _attachment(module: Module, use: ast.Name) -> ast.stmt | None:
    """Return the statement that attaches a loop to a watcher by a name."""
    attribute = module.parent(use)
    if isinstance(attribute, ast.Attribute) and attribute.attr == "attach_loop":
        statement = module.parent(module.parent(attribute))
        if isinstance(statement, ast.Expr):
            return statement
    return None


def _whole_blocks(module: Module, going: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return statements to delete: an `if` in place of all that is in it."""
    parent = module.parent(going[0])
    if (
        isinstance(parent, ast.If)
        and not parent.orelse
        and set(parent.body) == set(going)
        and not any(
            isinstance(node, (ast.Call, ast.NamedExpr, ast.Await))
            for node in walk(parent.test)
        )
        and "#" not in module.segment(parent)
    ):
        return _whole_blocks(module, [parent])
    return list(going)


POLICY_RULES: tuple[Rule, ...] = (
    EventLoopPolicyFixture(),
    SetEventLoopPolicy(),
    SetChildWatcher(),
)
