"""Which calls of a function are certainly made, where parameters of it are None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .syntax import FUNCTIONS, arguments_of, own_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from .project import Definition
    from .source import Module
    from .syntax import Function

# --- Calls that are reached -----------------------------------------------------------

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


def parameters_that_are_none(
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


def is_known_none(node: ast.expr, function: ast.AST, missing: frozenset[str]) -> bool:
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


def is_reached(
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
        ) if is_known_none(left, function, missing):
            return isinstance(comparison, ast.Is)
        case _:
            return False if is_known_none(node, function, missing) else None
