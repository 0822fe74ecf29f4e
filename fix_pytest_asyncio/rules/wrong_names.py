"""Rules on names that pytest and pytest-asyncio do not have, or not for users."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import (
    Change,
    DeleteItem,
    Insert,
    Replace,
    ReplaceStatement,
)
from ..edits import Edit
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..syntax import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..changes import Surgery
    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: wrong names ---------------------------------------------------------------

_RIGHT_NAMES = {
    "pytest_asyncio.mark": "pytest.mark",
    "pytest_asyncio.plugin.fixture": "pytest_asyncio.fixture",
    "pytest_asyncio.plugin.is_async_test": "pytest_asyncio.is_async_test",
    "pytest.asyncio_fixture": "pytest_asyncio.fixture",
    "pytest.yield_fixture": "pytest.fixture",
}
_LAST_PARTS = {name.rpartition(".")[2] for name in _RIGHT_NAMES}
_IMPORTED_FROM = re.compile(r"from[\s\\]+([\w.]+)[\s\\]+import")


class ImportFromElsewhere(Change):
    """A `from ... import` names another module; what it imports stays."""

    def __init__(self, node: ast.ImportFrom, module: str) -> None:
        """Say which statement, and from where."""
        self._node, self._module = node, module

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: the module's name."""
        start, _ = module.span(self._node)
        match = _IMPORTED_FROM.match(module.text, start)
        if match is None:
            raise NotFixableError
        yield Edit(*match.span(1), self._module)

    def operate(self, surgery: Surgery) -> None:
        """Give it the other module."""
        surgery.fields[self._node, "module"] = self._module


class ImportElse(Change):
    """A `from ... import` imports another name instead of one of its names."""

    def __init__(self, alias: ast.alias, name: str, asname: str | None) -> None:
        """Say instead of which, which one, and what it is called here."""
        self._alias = alias
        self._new = ast.alias(name=name, asname=asname)

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: the name, and `as` what."""
        start, end = module.span(self._alias)
        module.refuse_comments(start, end)
        yield Edit(start, end, ast.unparse(self._new))

    def operate(self, surgery: Surgery) -> None:
        """Put the other in its place."""
        surgery.replaced[self._alias] = [self._new]


def imported_as(module: Module, name: str) -> str | None:
    """Return how a module calls another one; None if its name means something else.

    A module that does not import the other calls it by its name, once it does.
    """
    if any(
        name in scope.bound
        for scope in module.names.scopes.values()
        if scope is not module.names.module
    ):
        return None
    bindings = module.names.module.bindings
    for bound, nodes in bindings.items():
        for node in nodes[:1] if len(nodes) == 1 else ():
            if isinstance(node, ast.Import) and any(
                alias.name == name and (alias.asname or name) == bound
                for alias in node.names
            ):
                return bound
    imports = bindings.get(name, ())
    return name if all(isinstance(node, ast.Import) for node in imports) else None


class WrongName(Rule):
    """A name of pytest or pytest-asyncio is not the one that users are to use.

    `pytest_asyncio.mark` does not exist: `AttributeError: module 'pytest_asyncio' has
    no attribute 'mark'`. Marks are made by `pytest.mark`, whatever plugin they are for.
    Neither does `pytest.asyncio_fixture`. `pytest.yield_fixture` is the old name of
    `pytest.fixture` and gives a warning. What is in `pytest_asyncio.plugin` is for the
    plugin itself and may move: `pytest_asyncio` has what is meant for users.

    Before:

        import pytest
        import pytest_asyncio
        from pytest_asyncio.plugin import is_async_test


        @pytest.yield_fixture
        def number():
            yield 1


        @pytest_asyncio.mark.asyncio
        async def test_number(number):
            assert number == 1

    After:

        import pytest
        from pytest_asyncio import is_async_test


        @pytest.fixture
        def number():
            yield 1


        @pytest.mark.asyncio
        async def test_number(number):
            assert number == 1
    """

    code = "PTA117"
    name = "wrong-name"
    message = "`{wrong}` is `{right}`"
    words = (
        *(b"asyncio_fixture", b"yield_fixture", b"pytest_asyncio.plugin"),
        *(b"pytest_asyncio.mark", b"pytest_asyncio import", b"pytest_asyncio as"),
    )
    pattern = re.compile(
        rb"asyncio_fixture|yield_fixture|pytest_asyncio\.(?:mark|plugin)"
        rb"|pytest_asyncio import[^\r\n]*(?:mark|plugin|\()|pytest_asyncio as"
    )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each use or import of such a name."""
        del project
        for node in walk(module.tree):
            if isinstance(node, ast.ImportFrom) and not node.level:
                yield from self._imported(module, node)
            elif isinstance(node, ast.Attribute) and node.attr in _LAST_PARTS:
                wrong = module.qualified(node)
                if wrong in _RIGHT_NAMES:
                    right = _RIGHT_NAMES[wrong]
                    yield self.found(
                        module,
                        node,
                        _renamed(module, node, right),
                        wrong=wrong,
                        right=right,
                    )

    def _imported(self, module: Module, node: ast.ImportFrom) -> Iterator[Finding]:
        for alias in node.names:
            wrong = f"{node.module}.{alias.name}"
            if wrong in _RIGHT_NAMES:
                right = _RIGHT_NAMES[wrong]
                changes = tuple(_imported_right(module, node, alias, right))
                yield self.found(module, alias, Fix(changes), wrong=wrong, right=right)


def _renamed(module: Module, node: ast.Attribute, right: str) -> Fix | None:
    owner, _, attribute = right.partition(".")
    name = imported_as(module, owner)
    if name is None:
        return None
    return Fix((Replace(node, f"{name}.{attribute}"),), needs=(name,))


def _imported_right(
    module: Module, node: ast.ImportFrom, alias: ast.alias, right: str
) -> Iterator[Change]:
    """Yield what makes an import of a wrong name one of the right name."""
    source, _, name = right.rpartition(".")
    bound = alias.asname or alias.name
    if bound != name and alias.asname is None and _is_free(module, name):
        yield from _uses_renamed(module, node, bound, name)
        bound = name
    asname = None if bound == name else bound
    if source == node.module:
        yield ImportElse(alias, name, asname)
    elif len(node.names) > 1:
        yield DeleteItem(alias, node.names)
        yield Insert(node, f"from {source} import {_aliased(name, asname)}")
    elif name == alias.name:
        yield ImportFromElsewhere(node, source)
    else:
        yield ReplaceStatement(node, f"from {source} import {_aliased(name, asname)}")


def _aliased(name: str, asname: str | None) -> str:
    return f"{name} as {asname}" if asname else name


def _is_free(module: Module, name: str) -> bool:
    """Tell whether nothing in a module is called by a name."""
    scopes = {module.names.module, *module.names.scopes.values()}
    return not any(name in scope.bound or "*" in scope.bound for scope in scopes)


def _uses_renamed(
    module: Module, node: ast.ImportFrom, old: str, new: str
) -> Iterator[Change]:
    for _, use in module.names.uses:
        if use.id == old and node in module.names.bindings(use):
            yield Replace(use, new)


WRONG_NAME_RULES: tuple[Rule, ...] = (WrongName(),)
