"""Rules on modules that a test file uses without importing them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, ClassVar

from ..changes import Change
from ..import_places import place_import
from ..rule import Fix, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ..changes import Surgery
    from ..edits import Edit
    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: missing imports -----------------------------------------------------------


class AddImport(Change):
    """A module is imported, where a person would put it."""

    def __init__(self, name: str, uses: Sequence[ast.Name]) -> None:
        self._name, self._uses = name, uses
        self._index: tuple[ast.stmt | None, Sequence[ast.stmt]] | None = None

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one: a line, or a statement on one."""
        edit = place_import(module, self._name, self._uses)
        follower = next(
            (node for node in module.tree.body if module.span(node)[1] > edit.start),
            None,
        )
        self._index = follower, module.tree.body
        yield edit

    def operate(self, surgery: Surgery) -> None:
        """Put it before the statement that it comes before in the text."""
        new = ast.parse(f"import {self._name}").body
        if self._index and self._index[0]:
            surgery.preceded.setdefault(self._index[0], []).extend(new)


class _MissingImport(Rule):
    imported: ClassVar[str]
    is_imported: ClassVar[re.Pattern[bytes]]

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Rule out modules that import it where all imports are: most of them."""
        may_use = super().may_find(raw, project, path)
        return may_use and not self.is_imported.search(raw)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding, at the first use."""
        del project
        uses = module.names.missing(self.imported)
        if uses:
            yield self.found(module, uses[0], Fix((AddImport(self.imported, uses),)))


def _imports(name: str) -> re.Pattern[bytes]:
    """Return what an import at the beginning of a line looks like."""
    words = rf"^import\b[^\r\n#;]*(?<![\w.]){name}(?:\.\w+)*(?![\w.])(?! +as\b)"
    return re.compile(words.encode(), re.MULTILINE)


class MissingPytestAsyncio(_MissingImport):
    """`pytest_asyncio` is used and not imported.

    The module fails to load with `NameError: name 'pytest_asyncio' is not defined`:
    pytest loads the plugin that is installed, but puts no name of it into test modules.

    Before:

        import pytest


        @pytest_asyncio.fixture
        async def client():
            yield 1

    After:

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            yield 1
    """

    code = "PTA001"
    name = "missing-pytest-asyncio-import"
    message = "`pytest_asyncio` is used at run time but not imported"
    words = (b"pytest_asyncio",)
    imported = "pytest_asyncio"
    is_imported = _imports(imported)


class MissingPytest(_MissingImport):
    """`pytest` is used and not imported.

    The module fails to load with `NameError: name 'pytest' is not defined`.

    Before:

        import asyncio


        @pytest.mark.asyncio
        async def test_sleeps():
            await asyncio.sleep(0)

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            await asyncio.sleep(0)
    """

    code = "PTA002"
    name = "missing-pytest-import"
    message = "`pytest` is used at run time but not imported"
    words = (b"pytest.",)
    imported = "pytest"
    is_imported = _imports(imported)


class MissingAsyncio(_MissingImport):
    """`asyncio` is used and not imported.

    The code that uses it fails with `NameError: name 'asyncio' is not defined`.

    Before:

        async def test_sleeps():
            await asyncio.sleep(0)

    After:

        import asyncio


        async def test_sleeps():
            await asyncio.sleep(0)
    """

    code = "PTA003"
    name = "missing-asyncio-import"
    message = "`asyncio` is used at run time but not imported"
    words = (b"asyncio.",)
    imported = "asyncio"
    is_imported = _imports(imported)


IMPORT_RULES: tuple[Rule, ...] = (
    MissingPytestAsyncio(),
    MissingPytest(),
    MissingAsyncio(),
)
