"""Dependencies in setup.py, which is read without running it, and never edited."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from adopt.dependency_declarations import declaration
from adopt.dependency_edits import CannotAddError
from adopt.dependency_places import Kind, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

PROGRAM = "is a program, which is not edited"
REQUIRED = ("install_requires", "tests_require")


def setup_py_places(path: str, text: str) -> list[Place]:
    """Find what a setup.py hands to `setup()`, where it is written as plain lists."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):  # Python 2, or a null byte
        return []
    return [
        place
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("setup")
        for keyword in call.keywords
        for place in _places(path, keyword, _constants(module))
    ]


def _constants(module: ast.Module) -> dict[str, ast.expr]:
    """Return the values of the module's own names."""
    return {
        target.id: statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _places(
    path: str, keyword: ast.keyword, constants: dict[str, ast.expr]
) -> Iterator[Place]:
    value = keyword.value
    if isinstance(value, ast.Name):
        value = constants.get(value.id, value)
    if keyword.arg in REQUIRED:
        yield _place(path, Kind.RUNTIME, keyword.arg, keyword.arg, value)
    elif keyword.arg == "extras_require" and isinstance(value, ast.Dict):
        for key, extra in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                table = f"extras_require {key.value}"
                yield _place(path, Kind.SETUP_PY, table, key.value, extra)


def _place(path: str, kind: Kind, table: str, group: str, value: ast.expr) -> Place:
    texts = [
        element.value
        for element in (value.elts if isinstance(value, (ast.List, ast.Tuple)) else [])
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    ]
    read = tuple(filter(None, map(declaration, texts)))
    return Place(path, kind, table, group, read, _refuse)


def _refuse(_text: str, _added: Requirement) -> str:
    raise CannotAddError(PROGRAM)
