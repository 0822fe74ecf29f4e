"""A rule on what sync tests and fixtures call, where that asks for an event loop."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..callees import certain_class, certain_method
from ..changes import MakeAsync
from ..fixture_users import same_fixture, users_of
from ..function_changes import MakeAsyncWithMark
from ..loop_uses import means_itself, runs_loops_itself
from ..project import Definition
from ..rule import Fix, Rule
from ..running import (
    certain_calls,
    has_only_transparent_decorators,
    is_set_up_on_asyncio,
    runs_on_asyncio,
)
from ..suite import Fixture
from ..syntax import FUNCTIONS, arguments_of, keyword, own_nodes, walk
from .event_loop_fixture import changes_onto_loop, has_yields, is_plain_fixture
from .fixture_faults import knows_pytest_asyncio
from .old_asyncio import LoopCaller, mentions_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ..async_names import Outline
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: what asks for a loop in what is called ------------------------------------

_ASKING_WORDS = (b"get_event_loop(", b"ensure_future(", b"gather(", b"Future(")
_SYNC_TEST = re.compile(rb"\n[ \t]*def test")
_CLASS_LINE = re.compile(rb"\n[ \t]*class [^\n]*")
_CALLED_NAME = re.compile(rb"(?<![\w.])([A-Za-z_][\w.]*)\(")
_ATTRIBUTE_CALLED = re.compile(rb"\.(\w[\w.]*)\(")
_OWN_CALLED = re.compile(rb"\b(?:self|cls)\.(\w+)\(|\bcls(\()")
# Functions are followed through each other, and through imports, this far.
_MOST_CALLEES = 3
_MOST_NAMES = 7
# These ask for a current loop, unless they are given one. What asks for a running loop
# has failed there with any version, so that no suite has it.
_ASKS_FOR_CURRENT = ("asyncio.get_event_loop", "asyncio.Future")
_ASKED_OF_POLICY = "get_event_loop_policy().get_event_loop"
_ASKS_FOR_COROUTINES = ("asyncio.ensure_future", "asyncio.gather")
# A test or fixture with one of these has to do with loops itself: see other rules.
_ABOUT_LOOPS = (
    *("set_event_loop", "new_event_loop", "get_event_loop", "get_running_loop"),
    *("Runner", "run_until_complete", "run_forever", "create_task", "ensure_future"),
)
_HARMLESS_DECORATORS = frozenset({"staticmethod", "classmethod", "typing.override"})
# The part of a statement that runs in any case, and what may not run at all.
_CERTAIN_PARTS: dict[type[ast.stmt], str] = {
    ast.For: "iter",
    ast.While: "test",
    ast.Assert: "test",
    ast.Match: "subject",
}
_UNCERTAIN = (
    *(ast.ExceptHandler, ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.Lambda, ast.ClassDef, ast.match_case),
)
_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run"})
_RUNS_LOOPS = re.compile(
    rb"\brun_(?:until_complete|forever)\b|\b(?:asyncio|anyio|trio)\.(?:run|Runner)\b"
)
_HOOK_OR_SETUP = re.compile(r"pytest_|set_?up|tear_?down", re.IGNORECASE)


class _NamesOfAskers:
    """Tells by the bytes of files which names may ask for a loop when called."""

    def __init__(self, project: Project) -> None:
        self._notes, self._names = project.notes, project.async_names

    def may_ask(self, outline: Outline, dotted: bytes) -> bool:
        """Tell whether what a module calls by a name may ask for a loop."""
        return self._called_asks(outline, dotted, _MOST_NAMES)

    def _called_asks(self, outline: Outline, dotted: bytes, left: int) -> bool:
        """Tell it of a function, a class, or a function in a module or class."""
        owner, _, name = dotted.rpartition(b".")
        first = owner.partition(b".")[0]
        if not first:
            return self._asks(outline, name, b"__init__", left)
        if self._is_module(outline, first):
            source = self._names.at(outline.directory, *self._module_of(outline, owner))
            if source:
                return self._asks(source, name, b"__init__", left)
        return self._asks(outline, first, name, left)

    def any_in(self, outline: Outline) -> bool:
        """Tell whether a module may call any of the project's that asks for a loop."""
        if _has_asking_word(outline.raw) and self._has_helper(outline):
            return True
        if outline.stars:
            called_ = set(_CALLED_NAME.findall(outline.raw))
            return any(self.may_ask(outline, each) for each in called_)
        classes = b"".join(_CLASS_LINE.findall(outline.raw))
        return any(
            self._is_called(outline, name)
            or (name in classes and self.may_ask(outline, name))
            for name in outline.imports
            if self._is_of_project(outline, name)
        )

    @staticmethod
    def _has_helper(outline: Outline) -> bool:
        """Tell whether a module has code of its own that asks, and may call it."""
        return any(
            outline.raw.count(name + b"(") > 1 and _has_asking_word(outline.block(name))
            for name in outline.blocks
        )

    def _is_of_project(self, outline: Outline, name: bytes) -> bool:
        """Tell whether an imported name is a module of the project's, or is in one."""
        return self._is_module(outline, name) or any(
            True for _ in self._names.sources(outline, name)
        )

    def _is_called(self, outline: Outline, name: bytes) -> bool:
        """Tell whether a name, or what it is followed by, asks for a loop if called."""
        if name + b"(" in outline.raw and self.may_ask(outline, name):
            return True
        behind = outline.raw.split(name)[1:]
        attributes = {
            match[1] for each in behind if (match := _ATTRIBUTE_CALLED.match(each))
        }
        return any(self.may_ask(outline, name + b"." + each) for each in attributes)

    def _is_module(self, outline: Outline, name: bytes) -> bool:
        imported = outline.imports.get(name)
        if imported is None:
            return False
        return (
            self._names.at(outline.directory, *self._module_of(outline, name))
            is not None
        )

    @staticmethod
    def _module_of(outline: Outline, dotted: bytes) -> tuple[int, str]:
        """Return the level and the name of a module, as an import would have it."""
        first, _, rest = dotted.partition(b".")
        level, module, name = outline.imports[first]
        if not name and module.partition(".")[0] == first.decode():
            return level, dotted.decode()  # `import a.b` binds `a`
        parts = (module, name.decode(), rest.decode())
        return level, ".".join(filter(None, parts))

    def _asks(self, outline: Outline, name: bytes, method: bytes, left: int) -> bool:
        """Tell it of a name, which is called if it is a function's.

        Args:
            outline: The module.
            name: What is defined there, or imported.
            method: Which of its methods is called if it is a class.
            left: Through how many more names to go.
        """
        key = f"asks {left} {name.decode()} {method.decode()}"
        found = self._notes.remembered(
            outline.worked_out,
            key,
            lambda: frozenset(
                [name] if self._does_ask(outline, name, method, left) else []
            ),
        )
        return bool(found)

    def _does_ask(
        self, outline: Outline, name: bytes, method: bytes, left: int
    ) -> bool:
        if left == 0:
            return False
        if name not in outline.blocks:
            return any(
                self._asks(source, original, method, left - 1)
                for source, original in self._names.sources(outline, name)
            )
        if name in outline.classes:
            bases = outline.classes[name][1]
            if any(self._asks(outline, base, method, left - 1) for base in bases):
                return True
            code = _run_with(outline.methods_of(name), method)
        else:
            code = outline.block(name)
        return _has_asking_word(code) or any(
            self._called_asks(outline, each, left - 1)
            for each in set(_CALLED_NAME.findall(code))
            if each != name and not each.startswith((b"self.", b"cls.", b"super."))
        )


def _has_asking_word(code: bytes) -> bool:
    return any(word in code for word in _ASKING_WORDS)


def _run_with(methods: Mapping[bytes, bytes], method: bytes) -> bytes:
    """Return the methods of a class that run when one is called, as one text."""
    found: dict[bytes, bytes] = {}
    wanted = [method]
    while wanted:
        name = wanted.pop()
        if name not in found and name in methods:
            found[name] = methods[name]
            called_ = _OWN_CALLED.findall(methods[name])
            wanted += [own or b"__init__" for own, _ in called_]
    return b"".join(found.values())


@dataclass(frozen=True)
class _Asking:
    """What asks for a loop, and where.

    Attributes:
        what: The function of asyncio's, by its name.
        where: The function that calls it.
        line: In which line of its module.
        names: What it was found through: what may be replaced by a mock.
    """

    what: str
    where: Definition
    line: int
    names: frozenset[str]


@dataclass(frozen=True)
class _Run:
    """A sync function as it runs for a call.

    Attributes:
        definition: The function.
        self_class: The class of the object that it is a method of, if it is one.
        missing: Its parameters that are None.
    """

    definition: Definition
    self_class: Definition | None = None
    missing: frozenset[str] = field(default_factory=frozenset[str])


class _SearchForLoop:
    """Looks for what asks for a loop when something is called."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._askers = _NamesOfAskers(project)

    def may_ask(self, asking: Test | Fixture) -> bool:
        """Tell, quickly, whether a test or fixture has a call that is of interest."""
        module = asking.module
        outline = self._project.async_names.outline(module.path, module.raw)
        names = {
            _dotted_name(node.func)
            for node in own_nodes(asking.function)
            if isinstance(node, ast.Call)
        }
        return not asking.is_async and any(
            self._askers.may_ask(outline, name.encode()) for name in names if name
        )

    def certain(self, run: _Run) -> Iterator[ast.Call]:
        """Yield the calls that are made whenever a function runs, as it does here."""
        module, function = run.definition.module, run.definition.node
        if not isinstance(function, FUNCTIONS):
            return
        for call in certain_calls(module, function):
            if _is_reached(module, call, function, run.missing):
                yield call

    def asked_by(self, run: _Run, call: ast.Call, depth: int) -> _Asking | None:
        """Return what asks for a loop when a call of a function's is made."""
        module = run.definition.module
        name = _dotted_name(call.func)
        if not name:
            return None
        is_own = name.startswith(("self.", "cls.", "super"))
        outline = self._project.async_names.at(
            str(module.path.absolute().parent), 1, module.path.stem
        )
        if not is_own and not (
            outline and self._askers.may_ask(outline, name.encode())
        ):
            return None
        callee = self._callee(run, call)
        return self._asked_in(callee, depth) if callee else None

    def _asked_in(self, run: _Run, depth: int) -> _Asking | None:
        """Return the first that asks for a loop in a function, or in what it calls."""
        definition = run.definition
        names = {definition.node.name}
        if run.self_class:
            names.add(run.self_class.node.name)
        if definition.owner:
            names.add(definition.owner.name)
        for call in self.certain(run):
            what = self._asks_itself(run, call)
            if what:
                last = what.rpartition(".")[2]
                found = frozenset({*names, "asyncio", last})
                return _Asking(what, definition, call.lineno, found)
            below = (
                self.asked_by(run, call, depth + 1) if depth < _MOST_CALLEES else None
            )
            if below:
                return _Asking(below.what, below.where, below.line, below.names | names)
        return None

    def _asks_itself(self, run: _Run, call: ast.Call) -> str:
        """Return the function of asyncio's that a call asks for a loop by."""
        module, function = run.definition.module, run.definition.node
        what = module.qualified(call.func)
        if _asks_policy(module, call):
            return _ASKED_OF_POLICY
        loop = keyword(call, "loop")
        is_given = any(each.arg is None for each in call.keywords) or (
            loop is not None and not _is_known_none(loop.value, function, run.missing)
        )
        if is_given:
            return ""
        if what in _ASKS_FOR_CURRENT:
            return what
        if what in _ASKS_FOR_COROUTINES and call.args:
            coroutine = call.args[0]
            found = (
                self._project.definition(module, coroutine.func)
                if isinstance(coroutine, ast.Call)
                else None
            )
            is_coroutine = found and isinstance(found.node, ast.AsyncFunctionDef)
            return what if is_coroutine else ""
        return ""

    def _callee(self, run: _Run, call: ast.Call) -> _Run | None:
        """Return the sync function that a call certainly runs."""
        caller = run.definition.node
        found, self_class = self._called(run, call)
        if found is None or not _runs_at_once(found):
            return None
        missing = _missing(
            found,
            call,
            lambda node: _is_known_none(node, caller, run.missing),
            is_bound=self_class is not None,
        )
        return _Run(found, self_class, missing)

    def _called(
        self, run: _Run, call: ast.Call
    ) -> tuple[Definition | None, Definition | None]:
        """Return what a call runs, and the class of the object that it runs for."""
        project, module = self._project, run.definition.module
        match call.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                owner = run.self_class
                return (
                    (certain_method(project, owner, name), owner)
                    if owner
                    else (None, None)
                )
            case ast.Attribute(
                value=ast.Call(func=ast.Name(id="super"), args=[]), attr=name
            ):
                return self._above(run, name), run.self_class
            case _:
                pass
        found = project.definition(module, call.func)
        if found is None and isinstance(call.func, ast.Attribute):
            owner = certain_class(project.definition(module, call.func.value))
            method = certain_method(project, owner, call.func.attr) if owner else None
            is_class = method and any(
                method.module.qualified(each) in {"staticmethod", "classmethod"}
                for each in method.node.decorator_list
            )
            # Who runs a plain method of a class, for which object, is another matter.
            return (method if is_class else None), None
        if found and isinstance(found.node, ast.ClassDef):
            made = certain_class(found)
            return (certain_method(project, made, "__init__") if made else None), made
        return found, None

    def _above(self, run: _Run, name: str) -> Definition | None:
        """Return the method of a base class, where there is only one of these."""
        definition, concrete = run.definition, run.self_class
        owner = definition.owner
        if owner is None or concrete is None or len(owner.bases) != 1:
            return None
        if not isinstance(concrete.node, ast.ClassDef) or len(concrete.node.bases) > 1:
            return None
        base = certain_class(
            self._project.definition(definition.module, owner.bases[0])
        )
        return certain_method(self._project, base, name) if base else None


def _asks_policy(module: Module, call: ast.Call) -> bool:
    """Tell whether a call is `asyncio.get_event_loop_policy().get_event_loop()`."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=policy), attr="get_event_loop"):
            return module.qualified(policy) == "asyncio.get_event_loop_policy"
        case _:
            return False


def _dotted_name(node: ast.expr) -> str:
    """Return the text of `a.b.c`, `super` for a call of it; nothing for the rest."""
    match node:
        case ast.Attribute(value=value, attr=name):
            owner = _dotted_name(value)
            return f"{owner}.{name}" if owner else ""
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return "super"
        case ast.Name(id=name):
            return name
        case _:
            return ""


def _runs_at_once(definition: Definition) -> bool:
    """Tell whether a call of a function runs its code, at once."""
    node, module = definition.node, definition.module
    return (
        isinstance(node, ast.FunctionDef)
        and not has_yields(node)
        and all(
            module.qualified(each) in _HARMLESS_DECORATORS
            for each in node.decorator_list
        )
    )


def _missing(
    definition: Definition,
    call: ast.Call,
    is_none: Callable[[ast.expr], bool],
    *,
    is_bound: bool,
) -> frozenset[str]:
    """Return the parameters that are None when a function is called so."""
    if any(isinstance(each, ast.Starred) for each in call.args) or any(
        each.arg is None for each in call.keywords
    ):
        return frozenset()
    function = definition.node
    if not isinstance(function, FUNCTIONS):
        return frozenset()
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[str, ast.expr | None] = dict(
        zip(
            [each.arg for each in positional][::-1],
            arguments.defaults[::-1],
            strict=False,
        )
    )
    defaults.update(
        zip(
            [each.arg for each in arguments.kwonlyargs],
            arguments.kw_defaults,
            strict=True,
        )
    )
    is_static = any(
        definition.module.qualified(each) == "staticmethod"
        for each in function.decorator_list
    )
    has_first = (is_bound or definition.owner is not None) and not is_static
    names = [each.arg for each in positional[has_first:]]
    given = dict(zip(names, call.args, strict=False))
    given.update({each.arg: each.value for each in call.keywords if each.arg})
    missing = {
        name
        for name, value in defaults.items()
        if name not in given and isinstance(value, ast.Constant) and value.value is None
    }
    missing.update(name for name, value in given.items() if is_none(value))
    return frozenset(missing & {each.arg for each in arguments_of(arguments)})


def _is_known_none(node: ast.expr, function: ast.AST, missing: frozenset[str]) -> bool:
    """Tell whether an expression in a function is None, for its parameters are."""
    if isinstance(node, ast.Constant):
        return node.value is None
    if not isinstance(node, ast.Name) or node.id not in missing:
        return False
    return not any(
        isinstance(each, ast.Name)
        and each.id == node.id
        and isinstance(each.ctx, ast.Store)
        and each.lineno < node.lineno
        for each in walk(function)
    )


def _is_reached(
    module: Module, node: ast.Call, function: Function, missing: frozenset[str]
) -> bool:
    """Tell whether a function that runs, runs this too, unless something is raised."""
    for each in own_nodes(function):
        if isinstance(each, ast.Return) and each.lineno < node.lineno:
            return False
        if isinstance(each, (ast.Yield, ast.YieldFrom)) and _is_past(each, node):
            return False
    child: ast.AST = node
    for parent in module.parents(node):
        if parent is function:
            return True
        if not _leads_to(parent, child, function, missing):
            return False
        child = parent
    return False


def _is_past(node: ast.expr, other: ast.expr) -> bool:
    """Tell whether something else stands behind a node."""
    end = node.end_lineno or 0, node.end_col_offset or 0
    return (other.lineno, other.col_offset) > end


def _leads_to(
    parent: ast.AST, child: ast.AST, function: Function, missing: frozenset[str]
) -> bool:
    """Tell whether a part of a statement or expression runs whenever that does."""
    if isinstance(parent, (ast.If, ast.IfExp)):
        body = parent.body if isinstance(parent.body, list) else [parent.body]
        truth = _truth(parent.test, function, missing)
        return child is parent.test or truth is (child in body)
    if isinstance(parent, ast.BoolOp):
        before = parent.values[: parent.values.index(child)]  # type: ignore[arg-type]  # it is one of them
        passes = isinstance(parent.op, ast.And)
        return all(_truth(each, function, missing) is passes for each in before)
    if isinstance(parent, ast.Compare):
        return child in {parent.left, parent.comparators[0]}
    if isinstance(parent, ast.For) and child in parent.body:
        return _has_elements(parent.iter)
    for kind, part in _CERTAIN_PARTS.items():
        if isinstance(parent, kind):
            return child is getattr(parent, part)
    return not isinstance(parent, _UNCERTAIN)


def _has_elements(node: ast.expr) -> bool:
    """Tell whether what a loop goes over is not empty: `range(3)`, `(1, 2)`."""
    match node:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return any(not isinstance(each, ast.Starred) for each in elements)
        case ast.Call(
            func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]
        ):
            return count > 0
        case _:
            return False


def _truth(node: ast.expr, function: Function, missing: frozenset[str]) -> bool | None:
    """Tell whether a condition holds where parameters are None, if that is known."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand, function, missing)
            return None if inner is None else not inner
        case ast.Compare(
            left=left,
            ops=[(ast.Is() | ast.IsNot()) as comparison],
            comparators=[ast.Constant(value=None)],
        ) if _is_known_none(left, function, missing):
            return isinstance(comparison, ast.Is)
        case _:
            return False if _is_known_none(node, function, missing) else None


class LoopAskedForByCallee(Rule):
    """A sync test or fixture calls what asks for an event loop.

    `RuntimeError: There is no current event loop in thread 'MainThread'.` No loop runs
    while pytest sets up a plain fixture or calls a sync test, and none is the current
    one: pytest-asyncio left one behind up to version 1.3, and Python made one up to
    version 3.13. What the test calls, often a class of the project's own, calls
    `asyncio.get_event_loop()`, `asyncio.Future()` or the like all the same.

    `@pytest_asyncio.fixture` makes its loop the current one for a sync fixture, and for
    the test that asks for it.

    Before:

        # client.py
        import asyncio


        class Client:
            def __init__(self, loop=None):
                self.loop = loop or asyncio.get_event_loop()

        # test_it.py
        import pytest

        from client import Client


        @pytest.fixture
        def client():
            return Client()


        @pytest.mark.asyncio
        async def test_client(client):
            assert client.loop.is_running()

    After:

        # client.py
        import asyncio


        class Client:
            def __init__(self, loop=None):
                self.loop = loop or asyncio.get_event_loop()

        # test_it.py
        import pytest
        import pytest_asyncio

        from client import Client


        @pytest_asyncio.fixture
        def client():
            return Client()


        @pytest.mark.asyncio
        async def test_client(client):
            assert client.loop.is_running()

    By hand: make the test `async def`, or make what it tests in a fixture below
    `@pytest_asyncio.fixture`. Or let the library ask for a loop later, in its
    coroutines.
    """

    code = "PTA219"
    name = "loop-asked-for-by-callee"
    message = (
        "`{call}()` asks for an event loop, and there is none: `{what}()` in {where}"
    )
    by_hand = "make the test async, or the fixture `@pytest_asyncio.fixture`"

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for names of the project's whose code may ask for a loop."""
        if (
            b"fixture" not in raw
            and not raw.startswith(b"def test")
            and not _SYNC_TEST.search(raw)
        ):
            return False
        outline = project.async_names.outline(path, raw)
        return _NamesOfAskers(project).any_in(outline)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each test or fixture, at its first such call."""
        search = _SearchForLoop(project)
        suite = project.suite(module)
        asking_ones: list[Test | Fixture] = [*suite.tests, *suite.fixtures]
        for asking in asking_ones:
            if not search.may_ask(asking) or not _is_without_loop(asking, project):
                continue
            found = _first_that_asks(asking, search, project)
            if found and not _is_for_other_plugins(asking, project):
                call, asked = found
                if isinstance(asking, Fixture):
                    fix = _fix_of_fixture(asking, project)
                else:
                    fix = _fix_of_test(asking, asked, project)
                yield self.found(
                    module,
                    call,
                    fix,
                    call=_dotted_name(call.func),
                    what=asked.what,
                    where=_where(asked, project),
                )


def _where(asked: _Asking, project: Project) -> str:
    """Return what asks for a loop, with its file and line."""
    definition = asked.where
    owner = f"{definition.owner.name}." if definition.owner else ""
    path = definition.module.path.absolute()
    root = project.configuration(path).root
    place = path.relative_to(root).as_posix() if root in path.parents else path.name  # type: ignore[arg-type]  # it is in no path if it is None
    return f"`{owner}{definition.node.name}` at {place}:{asked.line}"


def _is_without_loop(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether a test or fixture is sync, and nobody is seen to give it a loop."""
    module, function = asking.module, asking.function
    if asking.is_async:
        return False
    if isinstance(asking, Fixture):
        if asking.made_by != "pytest" or asking.name in {"event_loop", "loop"}:
            return False
    elif _is_elsewhere(asking):
        return False
    return not (
        _is_about_loops(asking)
        or LoopCaller(module, project, function).is_given_a_loop()
        or _is_set_up_with_loop(module, project)
    )


def _is_for_other_plugins(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether tests of another plugin ask for a fixture."""
    return isinstance(asking, Fixture) and any(
        _is_elsewhere(test) for test in users_of(asking, project).tests
    )


def _is_elsewhere(test: Test) -> bool:
    return test.is_others or test.is_unittest


def _runs_something(module: Module, function: Function) -> bool:
    return any(
        isinstance(node, ast.Call) and module.qualified(node.func) in _RUNNERS
        for node in walk(function)
    )


def _is_set_up_with_loop(module: Module, project: Project) -> bool:
    """Tell whether a hook, or a setup in pytest's old style, may set a loop."""
    places = (module, *project.conftests(module.path))
    return any(
        isinstance(node, FUNCTIONS)
        and _HOOK_OR_SETUP.match(node.name)
        and mentions_name(node, "set_event_loop", "new_event_loop")
        for place in places
        if b"event_loop" in place.raw
        for node in walk(place.tree)
    )


def _first_that_asks(
    asking: Test | Fixture, search: _SearchForLoop, project: Project
) -> tuple[ast.Call, _Asking] | None:
    """Return the first call of a test or fixture by which a loop is asked for."""
    module = asking.module
    run = _Run(Definition(module, asking.function, asking.owner))
    for call in search.certain(run):
        asked = search.asked_by(run, call, 1)
        if (
            asked
            and not _is_reported_there(asked, project)
            and not _has_lasting_loop(asking, project)
            and not _may_be_mocked(asking, asked, project)
        ):
            return call, asked
    return None


def _is_reported_there(asked: _Asking, project: Project) -> bool:
    """Tell whether a helper of tests runs the loop itself: other rules find that."""
    module, node = asked.where.module, asked.where.node
    return (
        isinstance(node, FUNCTIONS)
        and runs_loops_itself(module, node, ())
        and project.is_of_tests(module)
    )


def _has_lasting_loop(asking: Test | Fixture, project: Project) -> bool:
    """Tell whether a loop of other tests may still be the current one."""
    module = asking.module
    configuration = project.configuration(module.path)
    scopes = {configuration.test_loop_scope, configuration.fixture_loop_scope}
    marks = project.suite(module).marks
    said = any(
        mark.argument(name)
        for mark in marks
        if mark.name == "asyncio"
        for name in ("loop_scope", "scope")
    )
    return said or not scopes <= {"function", None, ""}


def _may_be_mocked(asking: Test | Fixture, asked: _Asking, project: Project) -> bool:
    """Tell whether a mock may stand in for something on the way to the loop."""
    module = asking.module
    start, end = module.span_with_decorators(asking.owner or asking.function)
    texts = [
        module.text[start:end],
        *(
            fixture.module.segment(fixture.function)
            for fixture in _set_up_before(asking, project)
        ),
    ]
    either = "|".join(map(re.escape, sorted(asked.names)))
    strings = rf"""["'](?:[\w.:]*[.:])?(?:{either})["']"""
    replaced = re.compile(rf"{strings}|\.(?:{either})[ \t]*=(?!=)")
    return any(replaced.search(text) for text in texts)


def _set_up_before(asking: Test | Fixture, project: Project) -> Iterator[Fixture]:
    """Yield the fixtures that may be set up before a test or fixture runs."""
    yield from LoopCaller(asking.module, project, asking.function).fixtures()
    if isinstance(asking, Fixture):
        users = users_of(asking, project)
        for test in users.tests:
            for fixture in LoopCaller(test.module, project, test.function).fixtures():
                if not any(same_fixture(fixture, each) for each in users.fixtures):
                    yield fixture


def _fix_of_fixture(fixture: Fixture, project: Project) -> Fix | None:
    """Return what gives a fixture a current loop."""
    module, function = fixture.module, fixture.function
    if not is_plain_fixture(fixture) or not means_itself(
        module, function, "pytest_asyncio", project
    ):
        return None
    changes = [*changes_onto_loop(fixture, project)]
    is_safe = (
        not fixture.is_autouse
        and knows_pytest_asyncio(module, project)
        and _users_are_fit(fixture, fixture, project, set())
    )
    return Fix(tuple(changes), is_safe, needs=("pytest_asyncio",))


def _users_are_fit(
    fixture: Fixture, wanted: Fixture, project: Project, seen: set[Function]
) -> bool:
    """Tell whether all that ask for a fixture do well with a current loop.

    Async ones on the same loop do, and sync ones that run no loop themselves.
    """
    if fixture.function in seen:
        return True
    seen.add(fixture.function)
    users = users_of(fixture, project)
    scope = project.loop_scope_of_fixture(wanted)
    return (
        users.are_all
        and users.there_are
        and all(_is_fit_test(test, scope, project) for test in users.tests)
        and all(
            _is_fit_fixture(each, scope, project)
            and (not each.is_autouse)
            and (_users_are_fit(each, wanted, project, seen))
            for each in users.fixtures
        )
    )


def _is_fit_test(test: Test, scope: str | None, project: Project) -> bool:
    if test.is_async:
        on_loop = runs_on_asyncio(test, project)
        return on_loop and project.loop_scope_of_test(test) == scope
    return not _is_about_loops(test)


def _is_fit_fixture(fixture: Fixture, scope: str | None, project: Project) -> bool:
    if fixture.is_async:
        on_loop = is_set_up_on_asyncio(fixture, project)
        return on_loop and project.loop_scope_of_fixture(fixture) == scope
    return not _is_about_loops(fixture)


def _fix_of_test(test: Test, asked: _Asking, project: Project) -> Fix | None:
    """Return what makes a test async, so that its loop is the current one.

    As it is it fails. It would do so on a loop that runs as well, only where something
    runs the loop itself.
    """
    module, function = test.module, test.function
    if (
        not isinstance(function, ast.FunctionDef)
        or has_yields(function)
        or not has_only_transparent_decorators(module, function)
        or runs_loops_itself(module, function, ())
    ):
        return None
    is_safe = knows_pytest_asyncio(module, project) and not (
        _RUNS_LOOPS.search(asked.where.module.raw)
        or _RUNS_LOOPS.search(module.raw)
        or any(map(_is_about_loops, _set_up_before(test, project)))
        or _is_called(module, function)
    )
    is_auto = project.configuration(module.path).mode == "auto"
    if is_auto or test.mark("asyncio"):
        return Fix((MakeAsync(function),), is_safe)
    if not means_itself(module, function, "pytest", project):
        return None
    marked = MakeAsyncWithMark(function, "pytest.mark.asyncio")
    return Fix((marked,), is_safe, needs=("pytest",))


def _is_about_loops(asking: Test | Fixture) -> bool:
    """Tell whether a test or fixture runs a loop, or asks for one."""
    return mentions_name(asking.function, *_ABOUT_LOOPS) or _runs_something(
        asking.module, asking.function
    )


def _is_called(module: Module, function: Function) -> bool:
    """Tell whether a test is named anywhere else in its module."""
    return len(re.findall(rf"\b{function.name}\b", module.text)) > 1


CALLEE_OF_LOOP_RULES: tuple[Rule, ...] = (LoopAskedForByCallee(),)
