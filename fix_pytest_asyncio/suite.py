"""The tests and fixtures of a module, as pytest sees them."""

from __future__ import annotations

import ast
import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .syntax import FUNCTIONS, called, keyword, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from .configuration import Configuration
    from .source import Module
    from .syntax import Function

# --- Tests and fixtures ---------------------------------------------------------------

# What pytest takes for files of tests, unless the project says otherwise.
_PYTHON_FILES = "test_*.py *_test.py"

_FIXTURE_DECORATORS = {
    "pytest.fixture": "pytest",
    "pytest.yield_fixture": "pytest",
    "_pytest.fixtures.fixture": "pytest",
    "pytest_asyncio.fixture": "pytest_asyncio",
    "pytest_asyncio.plugin.fixture": "pytest_asyncio",
    "pytest.asyncio_fixture": "pytest_asyncio",
    "anyio.fixture": "anyio",
    "pytest_trio.trio_fixture": "trio",
}
_OTHERS_MARKS = ("anyio", "trio", "twisted", "ensureDeferred")


@dataclass(frozen=True)
class Mark:
    """A mark of pytest's.

    Attributes:
        name: `asyncio`, of `pytest.mark.asyncio(...)`.
        node: The expression, call included.
        owner: What it is on: a function, a class, or the module.
        items: The list or tuple that it stands in, of a `pytestmark` or of `marks`;
            None for a decorator, or where it is the only one.
        made: The expression that says all of it: the same as `node`, or what a name
            for it is bound to.
    """

    name: str
    node: ast.expr
    owner: Function | ast.ClassDef | ast.Module
    items: ast.List | ast.Tuple | None = None
    made: ast.expr | None = None

    @property
    def expression(self) -> ast.expr:
        """What says all of the mark."""
        return self.made or self.node

    @property
    def has_arguments(self) -> bool:
        """Tell whether it says more than its name."""
        made = self.expression
        return isinstance(made, ast.Call) and bool(made.args or made.keywords)

    def argument(self, name: str) -> ast.keyword | None:
        """Return a keyword argument of the mark; None if it has none such."""
        return keyword(self.expression, name)


@dataclass(frozen=True)
class Fixture:
    """A fixture.

    Attributes:
        name: What tests ask for.
        function: What makes it.
        decorator: What makes a fixture of the function, call included.
        made_by: `pytest`, `pytest_asyncio`, or the name of another plugin.
        module: Where it is.
        owner: The class that it is in; None outside of classes.
    """

    name: str
    function: Function
    decorator: ast.expr
    made_by: str
    module: Module
    owner: ast.ClassDef | None = None

    @property
    def is_async(self) -> bool:
        """Tell whether it is a coroutine function or an async generator."""
        return isinstance(self.function, ast.AsyncFunctionDef)

    @property
    def scope(self) -> str:
        """Its scope; `?` if that cannot be told from here."""
        return self._said("scope") or "function"

    @property
    def loop_scope(self) -> str | None:
        """The scope of its loop, if it says so; `?` if it cannot be told from here."""
        return self._said("loop_scope")

    def _said(self, name: str) -> str | None:
        argument = keyword(self.decorator, name)
        return (string(argument.value) or "?") if argument else None

    @property
    def is_autouse(self) -> bool:
        """Tell whether it is set up without being asked for."""
        argument = keyword(self.decorator, "autouse")
        return bool(
            argument
            and not (
                isinstance(argument.value, ast.Constant) and not argument.value.value
            )
        )

    @property
    def parameters(self) -> list[ast.arg]:
        """The fixtures that it asks for; `request` is among them."""
        return asked_for(self.function, self.owner)


@dataclass(frozen=True)
class Test:
    """A function that pytest collects.

    Attributes:
        function: It.
        module: Where it is.
        owner: The class that it is in; None outside of classes.
        marks: Its own, those of its class and of its module, the closest first.
        is_unittest: Whether its class is one of unittest's, as far as can be seen here.
    """

    __test__ = False  # pytest collects nothing from here

    function: Function
    module: Module
    owner: ast.ClassDef | None
    marks: Sequence[Mark]
    is_unittest: bool = False

    @property
    def is_async(self) -> bool:
        """Tell whether it is a coroutine function or an async generator."""
        return isinstance(self.function, ast.AsyncFunctionDef)

    @property
    def is_others(self) -> bool:
        """Tell whether it is marked for another plugin than pytest-asyncio."""
        return any(mark.name in _OTHERS_MARKS for mark in self.marks)

    def mark(self, name: str) -> Mark | None:
        """Return its closest mark of a name; None if it has none such."""
        return next((mark for mark in self.marks if mark.name == name), None)

    @property
    def parameters(self) -> list[ast.arg]:
        """The fixtures that it asks for: no parametrised arguments."""
        names = {
            name
            for mark in self.marks
            if mark.name == "parametrize" and isinstance(mark.expression, ast.Call)
            for name in _parametrized(mark.expression)
        }
        return [
            argument
            for argument in asked_for(self.function, self.owner)
            if argument.arg not in names
        ]


def asked_for(function: Function, owner: ast.ClassDef | None) -> list[ast.arg]:
    """Return the parameters that pytest gives fixtures to."""
    optional = len(function.args.defaults)
    positional = [*function.args.posonlyargs, *function.args.args]
    without = positional[: len(positional) - optional]
    keyword_only = [
        argument
        for argument, default in zip(
            function.args.kwonlyargs, function.args.kw_defaults, strict=True
        )
        if default is None
    ]
    static = any(
        isinstance(each, ast.Name) and each.id == "staticmethod"
        for each in function.decorator_list
    )
    if owner is not None and not static:
        without = without[1:]
    return [*without, *keyword_only]


def _parametrized(call: ast.Call) -> Iterator[str]:
    argument = keyword(call, "argnames")
    names = argument.value if argument else (call.args[0] if call.args else None)
    indirect = keyword(call, "indirect")
    if indirect and not (
        isinstance(indirect.value, ast.Constant) and indirect.value.value is False
    ):
        return
    if isinstance(names, (ast.List, ast.Tuple)):
        yield from (string(each) or "" for each in names.elts)
    elif text := string(names):
        yield from (name.strip() for name in text.split(","))


@dataclass
class Suite:
    """What pytest finds in a module.

    Attributes:
        tests: The tests, in the order of the text.
        fixtures: The fixtures, likewise.
        marks: All marks of tests, classes and the module, and those on fixtures.
    """

    tests: list[Test] = field(default_factory=list[Test])
    fixtures: list[Fixture] = field(default_factory=list[Fixture])
    marks: list[Mark] = field(default_factory=list[Mark])

    @classmethod
    def of(cls, module: Module, configuration: Configuration) -> Suite:
        """Read it from a module."""
        suite = cls()
        _Collector(module, configuration, suite).collect()
        return suite


class _Collector:
    def __init__(
        self, module: Module, configuration: Configuration, suite: Suite
    ) -> None:
        self._module = module
        self._suite = suite
        self._is_test_file = is_test_file(module.path, configuration)
        self._functions = configuration.words("python_functions", "test")
        self._classes = configuration.words("python_classes", "Test")

    def collect(self) -> None:
        tree = self._module.tree
        self._collect(tree.body, None, self._pytestmark(tree.body, tree), is_tests=True)

    def _collect(
        self,
        body: Iterable[ast.stmt],
        owner: ast.ClassDef | None,
        marks: Sequence[Mark],
        *,
        is_tests: bool,
        is_unittest: bool = False,
    ) -> None:
        for node in _statements(body):
            if isinstance(node, FUNCTIONS):
                self._function(node, owner, marks, is_tests, is_unittest)
            elif isinstance(node, ast.ClassDef):
                own = [*self._decorators(node), *self._pytestmark(node.body, node)]
                unittests = is_unittest_class(self._module, node)
                self._collect(
                    node.body,
                    node,
                    [*own, *marks],
                    is_tests=unittests or _named(node.name, self._classes),
                    is_unittest=unittests,
                )

    def _function(
        self,
        node: Function,
        owner: ast.ClassDef | None,
        marks: Sequence[Mark],
        is_tests: bool,  # noqa: FBT001 - handed on
        is_unittest: bool,  # noqa: FBT001 - handed on
    ) -> None:
        own = self._decorators(node)
        fixture = fixture_of(self._module, node, owner)
        if fixture:
            self._suite.fixtures.append(fixture)
            return
        names = ["test"] if is_unittest else self._functions
        if self._is_test_file and is_tests and _named(node.name, names):
            self._suite.tests.append(
                Test(node, self._module, owner, (*own, *marks), is_unittest)
            )

    def _decorators(self, node: Function | ast.ClassDef) -> list[Mark]:
        marks = [
            Mark(name, each, node, made=made_mark(self._module, each))
            for each in node.decorator_list
            if (name := mark_name(self._module, each))
        ]
        self._suite.marks += marks
        return marks

    def _pytestmark(
        self, body: Iterable[ast.stmt], owner: ast.ClassDef | ast.Module
    ) -> list[Mark]:
        marks: list[Mark] = []
        for node in body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="pytestmark")], value=value)
                    | ast.AnnAssign(target=ast.Name(id="pytestmark"), value=value)
                ) if value is not None:
                    marks += _marks_in(self._module, value, owner)
        self._suite.marks += marks
        return marks


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a block, and of blocks in it that make no scope."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _statements(node.body)
            yield from _statements(getattr(node, "orelse", ()))
            for handler in getattr(node, "handlers", ()):
                yield from _statements(handler.body)


def _marks_in(
    module: Module, value: ast.expr, owner: ast.ClassDef | ast.Module
) -> Iterator[Mark]:
    items = value if isinstance(value, (ast.List, ast.Tuple)) else None
    for each in items.elts if items else [value]:
        if name := mark_name(module, each):
            yield Mark(name, each, owner, items, made_mark(module, each))


def made_mark(module: Module, node: ast.expr) -> ast.expr:
    """Return the call that a name for a mark is bound to; anything else as it is."""
    if isinstance(node, ast.Name):
        match module.names.bindings(node):
            case [ast.Assign(targets=[ast.Name()], value=ast.Call() as call)]:
                return call
    return node


def mark_name(module: Module, node: ast.expr) -> str:
    """Return the name of a mark, `asyncio` of `pytest.mark.asyncio()`, or nothing."""
    qualified = module.qualified(called(made_mark(module, node)))
    for prefix in ("pytest.mark.", "pytest_asyncio.mark.", "_pytest.mark.MARK_GEN."):
        if qualified.startswith(prefix):
            return qualified[len(prefix) :]
    return ""


def fixture_of(
    module: Module, node: Function, owner: ast.ClassDef | None = None
) -> Fixture | None:
    """Return the fixture that a function is; None if it is none."""
    for decorator in node.decorator_list:
        made_by = _FIXTURE_DECORATORS.get(module.qualified(called(decorator)))
        if made_by:
            argument = keyword(decorator, "name")
            name = (string(argument.value) if argument else None) or node.name
            return Fixture(name, node, decorator, made_by, module, owner)
    return None


def is_unittest_class(module: Module, node: ast.ClassDef) -> bool:
    """Tell whether a class is visibly a `unittest.TestCase`, by itself or its bases."""
    for base in node.bases:
        qualified = module.qualified(base)
        if qualified.rpartition(".")[2] in {"TestCase", "IsolatedAsyncioTestCase"}:
            return True
        if isinstance(base, ast.Name):
            for binding in module.names.bindings(base):
                if (
                    isinstance(binding, ast.ClassDef)
                    and binding is not node
                    and is_unittest_class(module, binding)
                ):
                    return True
    return False


def _named(name: str, prefixes: Iterable[str]) -> bool:
    """Tell whether pytest collects a name: by a prefix, or by a pattern."""
    return any(
        name.startswith(each)
        or (set(each) & set("*?[") and fnmatch.fnmatch(name, each))
        for each in prefixes
    )


def is_test_file(path: Path, configuration: Configuration) -> bool:
    """Tell whether pytest looks for tests in a file, by its name."""
    patterns = configuration.words("python_files", _PYTHON_FILES)
    return any(fnmatch.fnmatch(path.name, each.rpartition("/")[2]) for each in patterns)
