"""What a function does with the current event loop that it asks for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .references import call_of, uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source import Module
    from .syntax import Function

# --- Uses of the current loop ---------------------------------------------------------


@dataclass
class CurrentLoopUse:
    """What a function does with the current event loop.

    Attributes:
        runs: The calls of `run_until_complete`.
        makers: The statements that give the loop a name.
        closers: The statements that close it.
        others: Other uses of it.
    """

    runs: list[ast.Call] = field(default_factory=list[ast.Call])
    makers: list[ast.stmt] = field(default_factory=list[ast.stmt])
    closers: list[ast.stmt] = field(default_factory=list[ast.stmt])
    others: list[ast.AST] = field(default_factory=list[ast.AST])


def use_of_current_loop(
    module: Module, function: Function, calls: Iterable[ast.Call]
) -> CurrentLoopUse:
    """Read it from all that follows from its calls that return the loop."""
    found = CurrentLoopUse()
    for call in calls:
        statement = module.parent(call)
        target = _only_target(module, statement)
        if target and isinstance(statement, ast.stmt):
            found.makers.append(statement)
            for use in uses_of(module, target):
                _sort_use(module, function, use, found)
        else:
            _sort_use(module, function, call, found)
    return found


def _only_target(module: Module, statement: ast.AST) -> ast.Name | None:
    """Return the local name that a statement binds, if nothing else binds it."""
    match statement:
        case ast.Assign(targets=[ast.Name() as target]):
            bindings = module.names.bindings(target)
            return target if list(bindings) == [statement] else None
    return None


def _sort_use(
    module: Module, function: Function, use: ast.expr, found: CurrentLoopUse
) -> None:
    attribute = module.parent(use)
    if isinstance(attribute, ast.Attribute) and module.function_of(use) is function:
        call = call_of(module, attribute)
        statement = module.parent(call) if call else None
        if call and attribute.attr == "run_until_complete" and _has_one(call):
            found.runs.append(call)
            return
        if attribute.attr == "close" and isinstance(statement, ast.Expr):
            found.closers.append(statement)
            return
    found.others.append(use)


def _has_one(call: ast.Call) -> bool:
    return (
        len(call.args) == 1
        and not call.keywords
        and not isinstance(call.args[0], ast.Starred)
    )
