"""The `event_loop` that a project defines itself: which are only an asyncio loop."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .fixture_users import users_of
from .syntax import FUNCTIONS, named_arguments, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project
    from .source import Module
    from .suite import Fixture

# --- Overrides of event_loop ----------------------------------------------------------

LOOP_NAME = "event_loop"

_LOOP_TYPES = re.compile(r"\b(?:Abstract|Base|Selector|Proactor)EventLoop\b")
_LOOP_MAKERS_BY_NAME = re.compile(
    r"(?:\A|[._])(?:create|get|make|new|setup)_(?:\w+_)?event_loop\Z"
)
_GETTERS = frozenset({"new_event_loop", "get_event_loop", "get_running_loop"})
_POLICIES = ("asyncio.get_event_loop_policy", "asyncio.DefaultEventLoopPolicy")
LOOP_LIBRARIES = ("uvloop", "winloop")
# What else is a loop by its name: that of pytest-aiohttp, and what is overridden.
_LOOP_PARAMETERS = frozenset({"loop", LOOP_NAME})
_HARMLESS_PARAMETERS = frozenset({"self", "cls", "request", LOOP_NAME})
_HARMLESS_NAMES = frozenset(
    {"RuntimeError", "Exception", "BaseException", "all", "any", "bool", "len"}
    | {"list", "set", "str", "tuple"}
)
_HARMLESS_IN_ASYNCIO = frozenset(
    {"AbstractEventLoop", "CancelledError", "DefaultEventLoopPolicy", "Task"}
    | {"all_tasks", "gather", "get_event_loop_policy", "set_event_loop", "sleep"}
    | {"TimeoutError", "wait", "wait_for", *_GETTERS}
)
_HARMLESS_IN_CONTEXTLIB = frozenset({"closing", "suppress"})
_HARMLESS_ATTRIBUTES = frozenset(
    {"cancel", "cancelled", "close", "done", "exception", "get_debug", "is_closed"}
    | {"is_running", "result", "run_forever", "run_until_complete", "set_debug"}
    | {"set_event_loop", "shutdown_asyncgens", "shutdown_default_executor", "stop"}
    | _GETTERS
)
_HARMFUL_NODES = (
    *(*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.Await, ast.While, ast.Assert),
    *(ast.Global, ast.Nonlocal, ast.Delete, ast.AugAssign, ast.YieldFrom),
    ast.ImportFrom,
)
_AIOMISC = re.compile(rb"^[ \t]*(?:import|from)[ \t]+aiomisc", re.MULTILINE)


@dataclass(frozen=True)
class LoopOverride:
    """A fixture called `event_loop`."""

    fixture: Fixture

    @cached_property
    def is_loop(self) -> bool:
        """Tell whether it gives an event loop of asyncio's kind, as far as one sees.

        One that gives the loop that runs has been adapted to pytest-asyncio 1.0: it is
        no override any more, but what tests may well ask for.
        """
        if not self._results or self.gives_what_runs:
            return False
        if self._says_so:
            return True
        calls = (
            node for node in walk(self.fixture.function) if isinstance(node, ast.Call)
        )
        return any(self._kind(value) for value in (*self._results, *calls))

    @property
    def _says_so(self) -> bool:
        """Tell whether an annotation, a name or a call says that it gives a loop."""
        said = self._function.returns
        shown = ast.unparse(said) if said else ""
        if _LOOP_TYPES.search(shown) or any(map(self._is_announced, self._results)):
            return True
        return any(
            _LOOP_MAKERS_BY_NAME.search(ast.unparse(made.func))
            for result in self._results
            for made in self._made(result)
        )

    def _is_announced(self, result: ast.expr) -> bool:
        """Tell whether what is given is made the current loop before."""
        return isinstance(result, ast.Name) and any(
            isinstance(node, ast.Call)
            and self._module.qualified(node.func) == "asyncio.set_event_loop"
            and any(getattr(each, "id", "") == result.id for each in node.args)
            for node in own_nodes(self._function)
        )

    def _made(self, result: ast.expr) -> Iterator[ast.Call]:
        """Yield the calls that give what is yielded or returned."""
        values = [result]
        if isinstance(result, ast.Name):
            values = self._values.get(result.id, [])
        yield from (value for value in values if isinstance(value, ast.Call))

    @property
    def is_for_sync_tests(self) -> bool:
        """Tell whether it makes a loop the current one of tests that do not ask."""
        return self.fixture.is_autouse and any(
            isinstance(node, ast.Attribute) and node.attr == "set_event_loop"
            for node in own_nodes(self._function)
        )

    @property
    def gives_what_runs(self) -> bool:
        """Tell whether it gives the loop that pytest-asyncio has made."""
        knows = self.fixture.is_async or self.fixture.made_by == "pytest_asyncio"
        return knows and all(self._is_current(value) for value in self._results)

    def _is_current(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            values = self._values.get(node.id, ())
            return bool(values) and all(
                isinstance(value, ast.Call) and self._is_current(value)
                for value in values
            )
        getters = ("asyncio.get_running_loop", "asyncio.get_event_loop")
        return (
            isinstance(node, ast.Call) and self._module.qualified(node.func) in getters
        )

    @cached_property
    def library(self) -> str:
        """Return where its loop is from, or of which kind it is; or nothing."""
        kinds = {self._kind(value) for value in self._results}
        return kinds.pop() if len(kinds) == 1 else ""

    @cached_property
    def is_only_loop(self) -> bool:
        """Tell whether it does nothing but make, announce and close the loop."""
        return bool(
            self.library in {"asyncio", *LOOP_LIBRARIES}
            and self._has_plain_decorator()
            and self._asks_for_nothing()
            and all(self._is_harmless(node) for node in own_nodes(self._function))
        )

    @property
    def _module(self) -> Module:
        return self.fixture.module

    @property
    def _function(self) -> ast.FunctionDef | ast.AsyncFunctionDef:
        return self.fixture.function

    @cached_property
    def _results(self) -> list[ast.expr]:
        """What it yields, or else returns."""
        nodes = [*own_nodes(self._function)]
        yields = [node.value for node in nodes if isinstance(node, ast.Yield)]
        returns = [node.value for node in nodes if isinstance(node, ast.Return)]
        return [value for value in yields or returns if value is not None]

    @cached_property
    def _values(self) -> dict[str, list[ast.expr]]:
        """What its variables are given."""
        values: dict[str, list[ast.expr]] = {}
        for target, value in self._assignments():
            values.setdefault(target, []).append(value)
        return values

    def _assignments(self) -> Iterator[tuple[str, ast.expr]]:
        for node in own_nodes(self._function):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    | ast.withitem(context_expr=value, optional_vars=ast.Name(id=name))
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    yield name, value
                case _:
                    pass

    def _kind(self, node: ast.expr, depth: int = 0) -> str:
        """Return where a loop is from; nothing if the expression is none."""
        match node:
            case ast.Name(id=name):
                return self._kind_of_name(name, depth)
            case ast.Call(func=function, args=arguments):
                qualified = self._module.qualified(function)
                owner, _, name = qualified.rpartition(".")
                if qualified == "contextlib.closing" and arguments:
                    return self._kind(arguments[0], depth)
                if owner in {"asyncio", *LOOP_LIBRARIES}:
                    is_loop = name in _GETTERS or (owner, name) == ("uvloop", "Loop")
                    is_other = name in {"SelectorEventLoop", "ProactorEventLoop"}
                    return name if is_other else owner if is_loop else ""
                if isinstance(function, ast.Attribute) and function.attr in _GETTERS:
                    return self._policy(function.value, depth)
            case _:
                pass
        return ""

    def _kind_of_name(self, name: str, depth: int) -> str:
        values = self._values.get(name, ())
        kinds = {self._kind(value, depth + 1) for value in values if depth < 5}
        if not kinds and name in _LOOP_PARAMETERS and self._takes(name):
            return "asyncio"
        return kinds.pop() if len(kinds) == 1 else ""

    def _policy(self, node: ast.expr, depth: int) -> str:
        """Return where the loops of a policy are from; nothing if it is none."""
        if isinstance(node, ast.Name):
            values = self._values.get(node.id, ())
            kinds = {self._policy(value, depth + 1) for value in values if depth < 5}
            return kinds.pop() if len(kinds) == 1 else ""
        if not isinstance(node, ast.Call):
            return ""
        qualified = self._module.qualified(node.func)
        if qualified in _POLICIES:
            return "asyncio"
        owner, _, name = qualified.rpartition(".")
        if not name.endswith("EventLoopPolicy"):
            return ""
        return owner if owner in LOOP_LIBRARIES else name

    def _takes(self, name: str) -> bool:
        return any(each.arg == name for each in named_arguments(self._function.args))

    def _has_plain_decorator(self) -> bool:
        decorators = self._function.decorator_list
        keywords = getattr(self.fixture.decorator, "keywords", [])
        known = {"scope", "autouse", "name", "loop_scope"}
        return len(decorators) == 1 and {each.arg for each in keywords} <= known

    def _asks_for_nothing(self) -> bool:
        arguments = named_arguments(self._function.args)
        return {each.arg for each in arguments} <= _HARMLESS_PARAMETERS

    def _is_harmless(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return self._is_harmless_name(node, name)
            case ast.Attribute():
                return self._is_harmless_attribute(node)
            case ast.Import(names=aliases):
                return {each.name for each in aliases} <= {"asyncio", "contextlib"}
            case ast.Assign(targets=targets):
                return all(isinstance(each, ast.Name) for each in targets)
            case _:
                return not isinstance(node, _HARMFUL_NODES)

    def _is_harmless_name(self, node: ast.Name, name: str) -> bool:
        if isinstance(node.ctx, ast.Store) or name in _HARMLESS_NAMES:
            return True
        qualified = self._module.qualified(node)
        if not qualified.startswith("<local>"):
            return self._is_of_library(qualified)
        scope = self._module.names.scopes[node].binder(name)
        return scope is not None and name not in {"self", "cls", "request"}

    def _is_harmless_attribute(self, node: ast.Attribute) -> bool:
        qualified = self._module.qualified(node)
        if qualified and not qualified.startswith("<local>"):
            return self._is_of_library(qualified)
        return node.attr in _HARMLESS_ATTRIBUTES

    def _is_of_library(self, qualified: str) -> bool:
        owner, _, name = qualified.partition(".")
        if owner == "asyncio":
            first = name.partition(".")[0]
            return not name or first in _HARMLESS_IN_ASYNCIO
        if owner in LOOP_LIBRARIES:
            return not name or name in {"EventLoopPolicy", "Loop", *_GETTERS}
        return owner == "contextlib" and (not name or name in _HARMLESS_IN_CONTEXTLIB)


def is_asyncios(
    name: str, module: Module, owner: ast.ClassDef | None, project: Project
) -> bool:
    """Tell whether a test or fixture gets an asyncio loop by a name.

    It does if the project has no fixture of that name, so that pytest-asyncio's was
    meant, or if it has one in its place, and not for sync code only.

    Args:
        name: The name.
        module: Where the test or fixture is.
        owner: The class that it is in.
        project: Where fixtures may be.
    """
    fixture = project.fixture(name, module, owner)
    if fixture is None:
        return not _has_other_plugin(module, project)
    return LoopOverride(fixture).is_loop and not is_only_for_sync_code(fixture, project)


def _has_other_plugin(module: Module, project: Project) -> bool:
    """Tell whether aiomisc is in sight, whose plugin has an `event_loop` as well."""
    places = (module, *project.conftests(module.path))
    return any(_AIOMISC.search(place.raw) for place in places)


def is_only_for_sync_code(fixture: Fixture, project: Project) -> bool:
    """Tell whether a loop is made for tests and fixtures that run it themselves.

    One for each test, which nothing async asks for, works on pytest-asyncio 1.0 as any
    other fixture does.
    """
    users = users_of(fixture, project)
    are_async = [
        *(test.is_async for test in users.tests),
        *(other.is_async for other in users.fixtures),
    ]
    return fixture.scope == "function" and bool(are_async) and not any(are_async)
