"""Tells whether two texts of a file differ in nothing but their formatting."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from functools import lru_cache
from typing import cast

# Linters drop these where a user's settings do not call for them.
_NOQA = re.compile(r"#\s*noqa\b[^#]*")


def same(path: str, one: bytes, other: bytes) -> bool:
    """Tell whether two texts say the same.

    Of Python that is the syntax tree, however its lines are broken, its strings quoted
    and its imports sorted, and the comments; of other files, all but what is blank at
    the ends of lines and of the file.
    """
    return one == other or _normal(path, one) == _normal(path, other)


def readable(path: str, text: bytes) -> bool:
    """Tell whether a text is Python, where the file is to hold Python."""
    return not path.endswith(".py") or _tree(text) is not None


@lru_cache(maxsize=8)  # the same few texts are compared with one another
def _normal(path: str, text: bytes) -> object:
    tree = _tree(text) if path.endswith(".py") else None
    if tree is None:
        return [line.rstrip() for line in text.rstrip().splitlines()]
    for node in ast.walk(tree):
        _clean_docstring(node)
    return _dump(tree), sorted(_comments(text))


def _tree(text: bytes) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _clean_docstring(node: ast.AST) -> None:
    """Formatters indent docstrings anew, and drop the blanks that lines end with."""
    match node:
        case ast.Expr(value=ast.Constant(value=str(text)) as constant):
            lines = inspect.cleandoc(text).strip().splitlines()
            constant.value = "\n".join(line.rstrip() for line in lines)
        case _:
            pass


def _dump(node: object) -> object:
    """Return a syntax tree as plain values, neighbouring imports as a sorted set."""
    if isinstance(node, ast.AST):
        fields = [_dump(value) for _, value in ast.iter_fields(node)]
        return (type(node).__name__, *fields)
    if not isinstance(node, list):
        return (type(node).__name__, repr(node))
    dumped: list[object] = []
    imports: set[tuple[str, ...]] = set()
    for each in cast("list[object]", node):
        if isinstance(each, (ast.Import, ast.ImportFrom)):
            imports |= _imported(each)
            continue
        if imports:
            dumped.append(sorted(imports))
            imports = set()
        dumped.append(_dump(each))
    return [*dumped, sorted(imports)]


def _imported(node: ast.Import | ast.ImportFrom) -> set[tuple[str, ...]]:
    source = ""
    if isinstance(node, ast.ImportFrom):
        source = "." * node.level + (node.module or "") + ":"
    return {(source, alias.name, alias.asname or "") for alias in node.names}


def _comments(text: bytes) -> list[str]:
    tokens = tokenize.tokenize(io.BytesIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    said = [_NOQA.sub("", comment).strip("# \t") for comment in comments]
    return [comment for comment in said if comment]
