"""Rules on mocks in the place of coroutine functions."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from ..callees import Callees
from ..changes import ImportNames, Replace
from ..rule import Fix, Rule
from ..syntax import keyword, string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..async_names import AsyncNames, Outline
    from ..changes import Change
    from ..project import Definition, Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: mocks for coroutine functions ---------------------------------------------

# A mock that follows the name of what it replaces.
_MOCK = re.compile(rb"Mock\b")
_NAME_BEFORE_MOCK = re.compile(
    rb"[\"']([\w.]+)[\"'],\s*(?:new(?:_callable)?[ \t]*=[ \t]*)?(?:\w+\.)*(?:Magic)?\Z"
)
_LONGEST_NAME = 200
# A parameter is nothing that is imported: `mocker` is the fixture of pytest-mock.
_PLAIN_MOCKS = frozenset(
    {
        *("unittest.mock.Mock", "unittest.mock.MagicMock"),
        *("mock.Mock", "mock.MagicMock"),
        *("<local>.mocker.Mock", "<local>.mocker.MagicMock"),
    }
)
_PATCHES = frozenset({"unittest.mock.patch", "mock.patch", "<local>.mocker.patch"})
# A test may replace what must not be called by anything.
_NOT_CALLED = re.compile(r"assert_not_called|assert_not_awaited|\bcalled\b|call_count")
_CONFIGURED_LATER = re.compile(r"\.(?:side_effect|return_value)[ \t]*=(?!=)")


class _Patch(NamedTuple):
    """What replaces a function.

    Attributes:
        target: The function.
        places: The modules in which its calls are looked at.
        mock: What names the class of the mock.
        settings: The keyword arguments that the mock is made with.
    """

    target: Definition
    places: list[Module]
    mock: ast.expr
    settings: list[ast.keyword]


class PlainMockOverCoroutine(Rule):
    """A plain mock takes the place of an `async def`.

    What calls it awaits the result, and a `MagicMock` returns something that cannot be:
    `TypeError: object MagicMock can't be used in 'await' expression`. If that is caught
    somewhere, the test sees another failure than the one it is about; if nothing calls
    the mock, nothing shows it.

    `patch` puts an `AsyncMock` there by itself unless it is told otherwise. What is
    replaced must certainly be an `async def` of the project, and every call of it that
    can be seen be awaited. Mocks that return something else to await, or run something,
    are left alone, and so are tests that it must not be called.

    Before:

        # service.py
        async def fetch():
            return "real"


        async def describe():
            return "it is " + await fetch()

        # test_service.py
        from unittest.mock import MagicMock

        import pytest
        import service


        @pytest.mark.asyncio
        async def test_describe(monkeypatch):
            monkeypatch.setattr(service, "fetch", MagicMock(return_value="mocked"))
            assert await service.describe() == "it is mocked"

    After, with --unsafe-fixes:

        # service.py
        async def fetch():
            return "real"


        async def describe():
            return "it is " + await fetch()

        # test_service.py
        from unittest.mock import AsyncMock

        import pytest
        import service


        @pytest.mark.asyncio
        async def test_describe(monkeypatch):
            monkeypatch.setattr(service, "fetch", AsyncMock(return_value="mocked"))
            assert await service.describe() == "it is mocked"

    By hand: use `AsyncMock`, or leave it to `patch` to choose.
    """

    code = "PTA212"
    name = "magicmock-over-async"
    message = "`{target}` is `async def`: what `{mock}` returns cannot be awaited"
    by_hand = "use `AsyncMock`, or leave it to `patch` to choose"
    words = (b"Mock",)

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Look for mocks that follow what may be the name of an async function."""
        if b"Mock" not in raw or (b"patch" not in raw and b"setattr" not in raw):
            return False
        names = project.async_names
        outline = names.outline(path, raw)
        return any(_may_be_replaced(each, outline, names) for each in _replaced(raw))

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the mocks, where they are named."""
        callees = Callees(project, module)
        for node in walk(module.tree):
            patch = (
                _patch(module, callees, node) if isinstance(node, ast.Call) else None
            )
            if patch is None or _is_right(module, node, patch):
                continue
            yield self.found(
                module,
                patch.mock,
                _as_async_mock(module, patch.mock),
                target=patch.target.node.name,
                mock=ast.unparse(patch.mock),
            )


def _replaced(raw: bytes) -> set[bytes]:
    found: set[bytes] = set()
    for match in _MOCK.finditer(raw):
        before = raw[max(match.start() - _LONGEST_NAME, 0) : match.start()]
        if b'",' in before or b"'," in before:
            name = _NAME_BEFORE_MOCK.search(before)
            if name:
                found.add(name[1])
    return found


def _may_be_replaced(dotted: bytes, outline: Outline, names: AsyncNames) -> bool:
    path, _, name = dotted.rpartition(b".")
    if not path:
        return name in names.reach(outline)
    module = names.at(outline.directory, 0, path.decode())
    if module:
        return names.is_function(module, name)
    above, _, owner = path.rpartition(b".")
    module = names.at(outline.directory, 0, above.decode()) if above else None
    return module is not None and name in names.methods(module, owner)


def _patch(module: Module, callees: Callees, call: ast.Call) -> _Patch | None:
    """Return what a call replaces by a plain mock; None if it is no such call."""
    arguments = _arguments_of_patch(module, call)
    if arguments is None:
        return None
    names, rest = arguments
    mock = _plain_mock(module, call, rest)
    if mock is None:
        return None
    if len(names) > 1:
        target = callees.attribute(names[0], string(names[1]) or "")
        dotted = module.qualified(names[0])
    else:
        dotted = string(names[0]) or ""
        target = callees.named(dotted)
    if target is None:
        return None
    place = callees.module_in(dotted)
    places = [module, target.module, *([place] if place else [])]
    return _Patch(target, places, *mock)


def _arguments_of_patch(
    module: Module, call: ast.Call
) -> tuple[list[ast.expr], list[ast.expr]] | None:
    """Return the arguments that say what to replace, and those behind them."""
    name = module.qualified(call.func)
    if name in _PATCHES:
        count = 1
    elif name.removesuffix(".object") in _PATCHES:
        count = 2
    elif name == "<local>.monkeypatch.setattr":
        count = len(call.args) - 1
    else:
        return None
    if not 1 <= count <= min(len(call.args), 2):
        return None
    return call.args[:count], call.args[count:]


def _plain_mock(
    module: Module, call: ast.Call, rest: list[ast.expr]
) -> tuple[ast.expr, list[ast.keyword]] | None:
    """Return the class of the mock and its settings, if it is a plain one."""
    made = keyword(call, "new_callable")
    if made:
        others = [each for each in call.keywords if each is not made]
        return (made.value, others) if _is_plain_mock(module, made.value) else None
    new = keyword(call, "new")
    value = new.value if new else rest[0] if len(rest) == 1 else None
    if (
        isinstance(value, ast.Call)
        and not value.args
        and _is_plain_mock(module, value.func)
    ):
        return value.func, value.keywords
    return None


def _is_plain_mock(module: Module, node: ast.expr) -> bool:
    return module.qualified(node) in _PLAIN_MOCKS


def _is_right(module: Module, call: ast.AST, patch: _Patch) -> bool:
    """Tell whether what a mock returns may be awaited, or is not meant to be."""
    if not all(_cannot_be_awaited(module, each) for each in patch.settings):
        return True
    text = module.segment(module.outermost(call))
    if _NOT_CALLED.search(text) or _CONFIGURED_LATER.search(text):
        return True
    name = re.escape(patch.target.node.name)
    calls = [
        match
        for place in patch.places
        for match in re.finditer(rf"[^\n]*\b{name}\(", place.text)
    ]
    awaited = re.compile(rf"\bawait[ \t]+[\w.]*\b{name}\(\Z")
    defined = re.compile(rf"\bdef[ \t]+{name}\(\Z")
    used = [match for match in calls if not defined.search(match[0])]
    return not used or not all(awaited.search(match[0]) for match in used)


def _cannot_be_awaited(module: Module, setting: ast.keyword) -> bool:
    value = setting.value
    if setting.arg == "name":
        return True
    if setting.arg != "return_value":
        return False
    if isinstance(value, ast.Call):
        return _is_plain_mock(module, value.func)
    return isinstance(
        value, (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.JoinedStr)
    )


def _as_async_mock(module: Module, mock: ast.expr) -> Fix | None:
    if isinstance(mock, ast.Attribute):
        code = f"{module.segment(mock.value)}.AsyncMock"
        return Fix((Replace(mock, code),), is_safe=False)
    changes: list[Change] = [Replace(mock, "AsyncMock")]
    known = ast.Name("AsyncMock", ast.Load())
    if "AsyncMock" not in module.names.module.bound:
        bindings = module.names.bindings(mock) if isinstance(mock, ast.Name) else ()
        if len(bindings) != 1 or not isinstance(bindings[0], ast.ImportFrom):
            return None
        changes.append(ImportNames(bindings[0], ["AsyncMock"]))
    elif not module.qualified(known).endswith("mock.AsyncMock"):
        return None
    return Fix(tuple(changes), is_safe=False)


MOCK_RULES: tuple[Rule, ...] = (PlainMockOverCoroutine(),)
