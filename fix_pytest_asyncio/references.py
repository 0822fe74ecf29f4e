"""Where a module uses what another one has, by whatever name."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from .source import NotFixableError
from .syntax import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .source import Module

# --- References -----------------------------------------------------------------------

# What tests for versions are often called: `PY310`, `IS_PYTHON_3_12`.
_PYTHON_VERSION = re.compile(r"_?(?:IS_)?PY(?:THON)?_?\d")
# Who catches one of these asks whether there is such a thing.
_ABSENCES = frozenset(
    {"AttributeError", "ImportError", "ModuleNotFoundError", "Exception"}
)


def references(module: Module, *names: str) -> Iterator[ast.expr]:
    """Yield the expressions that stand for what is called so: `asyncio.sleep`.

    Those that are assigned to or deleted are none.
    """
    last = {name.rpartition(".")[2] for name in names}
    imported: set[str] = set()
    plain: list[ast.Name] = []
    for node in walk(module.tree):
        if isinstance(node, ast.Attribute):
            if (
                node.attr in last
                and isinstance(node.ctx, ast.Load)
                and module.qualified(node) in names
            ):
                yield node
        elif isinstance(node, ast.Name):
            plain.append(node)
        elif isinstance(node, ast.ImportFrom):
            imported |= {
                alias.asname or alias.name for alias in node.names if alias.name in last
            }
    for node in plain:
        if (
            node.id in imported
            and isinstance(node.ctx, ast.Load)
            and module.qualified(node) in names
        ):
            yield node


def call_of(module: Module, function: ast.expr) -> ast.Call | None:
    """Return the call of what an expression stands for; None if it is not called."""
    parent = module.parent(function)
    if isinstance(parent, ast.Call) and parent.func is function:
        return parent
    return None


def is_guarded(module: Module, node: ast.AST) -> bool:
    """Tell whether code only runs where what it uses is there, or the Python is old."""
    below = node
    for parent in module.parents(node):
        if any(_asks(each) for each in _conditions_of(parent)):
            return True
        if (
            isinstance(parent, (ast.If, ast.IfExp))
            and below is not parent.test
            and _asks(parent.test)
        ):
            return True
        if isinstance(parent, ast.BoolOp) and any(map(_asks, _before(parent, below))):
            return True
        if isinstance(parent, ast.Try) and below in parent.body:
            caught = (each.type for each in parent.handlers)
            if any(each is None or _catches_absence(each) for each in caught):
                return True
        below = parent
    return False


def runs_before(module: Module, node: ast.AST, version: tuple[int, int]) -> bool:
    """Tell whether a condition keeps code from a version of Python and later ones."""
    below = node
    for parent in module.parents(node):
        if isinstance(parent, ast.If):
            if below in parent.body and any(
                _compares_version(module, part, ast.Lt, version)
                for part in _parts_of_and(parent.test)
            ):
                return True
            if below in parent.orelse and _compares_version(
                module, parent.test, ast.GtE, version
            ):
                return True
        below = parent
    return False


def _parts_of_and(test: ast.expr) -> list[ast.expr]:
    """Return what all has to be true of a condition."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return test.values
    return [test]


def _compares_version(
    module: Module, test: ast.expr, how: type[ast.cmpop], version: tuple[int, int]
) -> bool:
    """Tell whether Python's version is compared with this one, or an older one."""
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[ast.Tuple(elts=elts)]):
            numbers = [each.value for each in elts if isinstance(each, ast.Constant)]
            if isinstance(left, ast.Subscript):
                left = left.value
            return (
                isinstance(operator, how)
                and module.qualified(left) == "sys.version_info"
                and len(numbers) == len(elts)
                and all(isinstance(each, int) for each in numbers)
                and tuple(numbers) <= version
            )
    return False


def _before(test: ast.BoolOp, node: ast.AST) -> Iterator[ast.expr]:
    """Yield what decides, in an `and` or `or`, whether a part of it is looked at."""
    return itertools.takewhile(lambda each: each is not node, test.values)


def _conditions_of(node: ast.AST) -> list[ast.expr]:
    """Return the marks of a function, class or module, which may have it skipped."""
    if isinstance(node, ast.Module):
        return [
            each.value
            for each in node.body
            if isinstance(each, ast.Assign)
            and any(_is_pytestmark(target) for target in each.targets)
        ]
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators


def _is_pytestmark(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "pytestmark"


def _asks(test: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "version_info")
        or (isinstance(node, ast.Name) and node.id in {"version_info", "hasattr"})
        or (isinstance(node, ast.Name) and bool(_PYTHON_VERSION.match(node.id)))
        for node in walk(test)
    )


def _catches_absence(caught: ast.expr) -> bool:
    elements = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(each, ast.Name) and each.id in _ABSENCES for each in elements)


class Spelling(NamedTuple):
    """How something is written in a module.

    Attributes:
        code: The expression.
        needs: What has to be imported for it.
    """

    code: str
    needs: tuple[str, ...] = ()


def spelled(module: Module, name: str, near: ast.AST) -> Spelling:
    """Return how to write what is called so where something else stands.

    Args:
        module: The module.
        name: `asyncio.run`, or deeper.
        near: What it comes beside, or in the place of.

    Raises:
        NotFixableError: If the name of its module stands for something else there.
    """
    owner, _, last = name.rpartition(".")
    if isinstance(near, ast.Attribute) and module.qualified(near.value) == owner:
        return Spelling(f"{module.segment(near.value)}.{last}")
    while isinstance(near, ast.Attribute):
        near = near.value
    if module.names.means(owner, near) not in {owner, ""}:
        raise NotFixableError
    return Spelling(name, (owner,))


def uses_of(module: Module, target: ast.Name) -> list[ast.Name]:
    """Return where else the name is that is bound somewhere: reads and bindings."""
    binder = module.names.scopes[target].binder(target.id)
    return [
        node
        for node, scope in module.names.scopes.items()
        if isinstance(node, ast.Name)
        and node.id == target.id
        and node is not target
        and scope.binder(target.id) is binder
    ]
