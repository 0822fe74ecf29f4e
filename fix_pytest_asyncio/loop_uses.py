"""What a test or fixture does with an event loop that it is given."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .function_changes import AwaitArgument, BeginWith, DeleteParameter
from .syntax import FUNCTIONS, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .changes import Change
    from .names import Scope
    from .project import Project
    from .source import Module
    from .syntax import Function

# --- Uses of event loops --------------------------------------------------------------

_RUNNING = frozenset({"run_until_complete", "run_forever", "close"})
_TASKS = frozenset(
    {"asyncio.all_tasks", "asyncio.current_task"}
    | {"asyncio.Task.all_tasks", "asyncio.Task.current_task"}
)
_ASKING = frozenset({"stop", "is_running", "is_closed"})


@dataclass
class LoopUses:
    """What a function does with a parameter that is an event loop.

    Attributes:
        function: The function.
        argument: The parameter.
        awaited: Calls of `run_until_complete` that `await` can stand for.
        plain: Uses that are as good when the loop runs.
        passed: Those that hand it on to who knows what.
        wrong: Those that fail when it runs, or mean something else.
    """

    function: Function
    argument: ast.arg
    awaited: list[ast.Call] = field(default_factory=list[ast.Call])
    plain: list[ast.Name] = field(default_factory=list[ast.Name])
    passed: list[ast.Name] = field(default_factory=list[ast.Name])
    wrong: list[ast.Name] = field(default_factory=list[ast.Name])

    @classmethod
    def of(cls, module: Module, function: Function, argument: ast.arg) -> LoopUses:
        """Read them from a function's code and that of the functions in it."""
        uses = cls(function, argument)
        for name in _uses_of_name(module, function, argument.arg):
            uses._sort(module, name)
        return uses

    @property
    def are_any(self) -> bool:
        """Tell whether it is used."""
        return bool(self.awaited or self.plain or self.passed or self.wrong)

    def changes(self) -> tuple[Change, ...]:
        """Return what lets the function find the loop by itself, if it is async."""
        changes: list[Change] = [DeleteParameter(self.function, self.argument)]
        changes += [AwaitArgument(call) for call in reversed(self.awaited)]
        if (self.plain or self.passed) and not self._is_replaced_at_once():
            code = f"{self.argument.arg} = asyncio.get_running_loop()"
            changes.append(BeginWith(self.function, code))
        return tuple(changes)

    def changes_that_stay_sync(self) -> tuple[Change, ...]:
        """Return what lets a sync function find the loop that is the current one."""
        changes: list[Change] = [DeleteParameter(self.function, self.argument)]
        if self.are_any and not self._is_replaced_at_once():
            code = f"{self.argument.arg} = asyncio.get_event_loop()"
            changes.append(BeginWith(self.function, code))
        return tuple(changes)

    def closes(self, module: Module) -> bool:
        """Tell whether the function closes the loop."""
        parents = [module.parent(name) for name in self.wrong]
        return any(
            isinstance(each, ast.Attribute) and each.attr == "close" for each in parents
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """The modules that the changes use."""
        return ("asyncio",) if self.plain or self.passed else ()

    def _is_replaced_at_once(self) -> bool:
        """Tell whether the function begins by giving the name another value."""
        for node in self.function.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            return (
                isinstance(node, ast.Assign)
                and any(self._is_it(each) for each in node.targets)
                and not any(self._is_it(each) for each in walk(node.value))
            )
        return False

    def _is_it(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == self.argument.arg

    def _sort(self, module: Module, name: ast.Name) -> None:
        is_async = isinstance(self.function, ast.AsyncFunctionDef)
        parent = module.parent(name)
        attribute = parent.attr if isinstance(parent, ast.Attribute) else ""
        call = None if is_async else _awaitable_call(module, name, self.function)
        if call:
            self.awaited.append(call)
        elif attribute in _RUNNING or isinstance(name.ctx, ast.Del):
            self.wrong.append(name)
        elif is_async or _is_in_coroutine(module, name, self.function):
            self.plain.append(name)
        elif attribute in _ASKING or not isinstance(name.ctx, ast.Load):
            self.wrong.append(name)
        elif attribute or _is_for_asyncio(module, name):
            self.plain.append(name)
        else:
            self.passed.append(name)


def _uses_of_name(module: Module, function: Function, name: str) -> Iterator[ast.Name]:
    """Yield where a function's parameter is used, the outermost use first."""
    own: Scope | None = module.names.scopes.get(function)
    for statement in function.body:
        for node in walk(statement):
            if isinstance(node, ast.Name) and node.id == name:
                scope = module.names.scopes.get(node)
                if scope and scope.binder(name) is own:
                    yield node


def _awaitable_call(
    module: Module, name: ast.Name, function: Function
) -> ast.Call | None:
    """Return `event_loop.run_until_complete(it)`, if it is the function's own code."""
    attribute = module.parent(name)
    call = module.parent(attribute)
    match call:
        case ast.Call(
            func=ast.Attribute(attr="run_until_complete") as called_,
            args=[argument],
            keywords=[],
        ) if called_ is attribute and not isinstance(argument, ast.Starred):
            return call if _is_called_directly(module, call, function) else None
        case _:
            return None


def _is_called_directly(module: Module, node: ast.AST, function: Function) -> bool:
    """Tell whether a node runs when a function does: not as a generator of its own."""
    for parent in module.parents(node):
        if parent is function:
            return True
        if isinstance(parent, (*FUNCTIONS, ast.Lambda, ast.GeneratorExp, ast.ClassDef)):
            return False
    return False


def _is_in_coroutine(module: Module, node: ast.AST, function: Function) -> bool:
    """Tell whether a node is in an async function within another function."""
    inner = module.function_of(node)
    return inner is not function and isinstance(inner, ast.AsyncFunctionDef)


def _is_for_asyncio(module: Module, name: ast.Name) -> bool:
    """Tell whether a name is handed to a function of asyncio's."""
    parent = module.parent(name)
    call = module.parent(parent) if isinstance(parent, ast.keyword) else parent
    return isinstance(call, ast.Call) and module.qualified(call.func).startswith(
        "asyncio."
    )


def runs_loops_itself(
    module: Module, function: Function, but: Iterable[ast.Call]
) -> bool:
    """Tell whether a function runs an event loop, other than by some calls."""
    allowed = {call.func for call in but}
    for node in own_nodes(function):
        if isinstance(node, ast.Attribute) and node not in allowed:
            runs = node.attr in {"run_until_complete", "run_forever"}
            if runs or module.qualified(node) in {"asyncio.run", "asyncio.Runner"}:
                return True
    return False


def looks_at_tasks(module: Module, function: Function) -> bool:
    """Tell whether a function asks for tasks: if it is async, it is in one itself."""
    return any(
        isinstance(node, (ast.Name, ast.Attribute)) and module.qualified(node) in _TASKS
        for node in walk(function)
    )


def means_itself(
    module: Module, function: Function, name: str, project: Project
) -> bool:
    """Tell whether a name in a function is that of a module, imported or not yet."""
    scope = module.names.scopes.get(function)
    if scope is None or scope.binder(name) is not None:
        return False
    if name not in module.names.module.bound:
        return not project.stars_may_bind(module, name)
    return module.qualified(ast.Name(name, ast.Load())) == name
