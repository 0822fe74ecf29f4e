"""What asks for an event loop in what is called, as syntax trees tell."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .callees import certain_class, certain_method
from .loop_asker_names import NamesOfAskers
from .reached_calls import is_known_none, is_reached, parameters_that_are_none
from .running import certain_calls
from .syntax import FUNCTIONS, has_yields, keyword, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Definition, Project
    from .source import Module
    from .suite import Fixture, Test

# --- What asks for loops --------------------------------------------------------------

# Functions are followed through each other this far.
_MOST_CALLEES = 3
# These ask for a current loop, unless they are given one. What asks for a running loop
# has failed there with any version, so that no suite has it.
_ASKS_FOR_CURRENT = ("asyncio.get_event_loop", "asyncio.Future")
_ASKED_OF_POLICY = "get_event_loop_policy().get_event_loop"
_ASKS_FOR_COROUTINES = ("asyncio.ensure_future", "asyncio.gather")
_HARMLESS_DECORATORS = frozenset({"staticmethod", "classmethod", "typing.override"})


@dataclass(frozen=True)
class Asker:
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
class SyncRun:
    """A sync function as it runs for a call.

    Attributes:
        definition: The function.
        self_class: The class of the object that it is a method of, if it is one.
        missing: Its parameters that are None.
    """

    definition: Definition
    self_class: Definition | None = None
    missing: frozenset[str] = field(default_factory=frozenset[str])


class SearchForLoop:
    """Looks for what asks for a loop when something is called."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._askers = NamesOfAskers(project)

    def may_ask(self, asking: Test | Fixture) -> bool:
        """Tell, quickly, whether a test or fixture has a call that is of interest."""
        module = asking.module
        outline = self._project.async_names.outline(module.path, module.raw)
        names = {
            dotted_name(node.func)
            for node in own_nodes(asking.function)
            if isinstance(node, ast.Call)
        }
        return not asking.is_async and any(
            self._askers.may_ask(outline, name.encode()) for name in names if name
        )

    def certain(self, run: SyncRun) -> Iterator[ast.Call]:
        """Yield the calls that are made whenever a function runs, as it does here."""
        module, function = run.definition.module, run.definition.node
        if not isinstance(function, FUNCTIONS):
            return
        for call in certain_calls(module, function):
            if is_reached(module, call, function, run.missing):
                yield call

    def asked_by(self, run: SyncRun, call: ast.Call, depth: int) -> Asker | None:
        """Return what asks for a loop when a call of a function's is made."""
        module = run.definition.module
        name = dotted_name(call.func)
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

    def _asked_in(self, run: SyncRun, depth: int) -> Asker | None:
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
                return Asker(what, definition, call.lineno, found)
            below = (
                self.asked_by(run, call, depth + 1) if depth < _MOST_CALLEES else None
            )
            if below:
                return Asker(below.what, below.where, below.line, below.names | names)
        return None

    def _asks_itself(self, run: SyncRun, call: ast.Call) -> str:
        """Return the function of asyncio's that a call asks for a loop by."""
        module, function = run.definition.module, run.definition.node
        what = module.qualified(call.func)
        if _asks_policy(module, call):
            return _ASKED_OF_POLICY
        loop = keyword(call, "loop")
        is_given = any(each.arg is None for each in call.keywords) or (
            loop is not None and not is_known_none(loop.value, function, run.missing)
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

    def _callee(self, run: SyncRun, call: ast.Call) -> SyncRun | None:
        """Return the sync function that a call certainly runs."""
        caller = run.definition.node
        found, self_class = self._called(run, call)
        if found is None or not _runs_at_once(found):
            return None
        missing = parameters_that_are_none(
            found,
            call,
            lambda node: is_known_none(node, caller, run.missing),
            is_bound=self_class is not None,
        )
        return SyncRun(found, self_class, missing)

    def _called(
        self, run: SyncRun, call: ast.Call
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

    def _above(self, run: SyncRun, name: str) -> Definition | None:
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


def dotted_name(node: ast.expr) -> str:
    """Return the text of `a.b.c`, `super` for a call of it; nothing for the rest."""
    match node:
        case ast.Attribute(value=value, attr=name):
            owner = dotted_name(value)
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
