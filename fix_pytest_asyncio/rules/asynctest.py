"""The rule on asynctest."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from ..changes import (
    Change,
    Delete,
    ImportNames,
    RenameDefinition,
    Replace,
)
from ..edits import Edit
from ..import_places import place_import
from ..rule import Fix, Rule
from ..source import LINE_END
from ..suite import mark_name
from ..syntax import FUNCTIONS, called, keyword, walk
from .other_packages import ISOLATED, TEST_RUNNERS, all_bindings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..changes import Surgery
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..syntax import Function, ImportStatement

# --- Rules: asynctest -----------------------------------------------------------------

# What asynctest has from unittest.mock, or what became of it there.
_SAME_MOCKS = (
    *("Mock", "MagicMock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock"),
    *("patch", "create_autospec", "mock_open", "call", "sentinel", "DEFAULT", "ANY"),
)


_MOCKS = {same: same for same in _SAME_MOCKS} | {"CoroutineMock": "AsyncMock"}


# What asynctest's classes have and unittest's lack, or what awaits what it is given.
_ONLY_IN_ASYNCTEST = {
    *("use_default_loop", "forbid_get_event_loop", "awaited"),
    *("assertAsyncRaises", "assertAsyncRaisesRegex", "addCleanup", "doCleanups"),
    *("assertAsyncWarns", "assertAsyncWarnsRegex"),
}


_PATCH_OR_CONDITION = re.compile(
    r"(asynctest(\.mock)?|unittest\.mock|mock)\.patch\b|unittest\.(skip|expected)"
)


_AWAITED_IN_TESTCASES = {"setUp": "asyncSetUp", "tearDown": "asyncTearDown"}


class ReplaceImports(Change):
    """Imports go, and others come, each where a person would put it."""

    def __init__(
        self,
        removed: Sequence[ast.ImportFrom],
        added: Mapping[str, Sequence[str]],
        uses: Sequence[ast.AST],
    ) -> None:
        """Say which.

        Args:
            removed: The statements that go.
            added: What is imported from which modules.
            uses: The nodes that imports must come before.
        """
        self._removed, self._uses = removed, uses
        self._added = {name: ", ".join(names) for name, names in added.items() if names}
        self._followers: list[tuple[ast.stmt, str]] = []

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one for each, or for those that meet."""
        deletions: dict[int, Edit] = {}
        for node in self._removed:
            module.refuse_comments(*module.span(node))
            for edit in Delete(node).edits(module):
                deletions[edit.start] = edit
        self._followers = []
        for name, names in sorted(self._added.items()):
            addition = place_import(module, name, self._uses, names)
            self._note(module, addition, f"from {name} import {names}")
            met = [
                edit
                for edit in deletions.values()
                if edit.start <= addition.start <= edit.end
            ]
            old = met[0] if met else Edit(addition.start, addition.start, "")
            deletions[old.start] = _joined(module, old, addition)
        yield from deletions.values()

    def _note(self, module: Module, addition: Edit, code: str) -> None:
        for node in module.tree.body:
            if module.span(node)[1] > addition.start:
                self._followers.append((node, code))
                return

    def operate(self, surgery: Surgery) -> None:
        """Take them out, and put the others before what follows them."""
        for node in self._removed:
            surgery.replaced[node] = []
        for follower, code in self._followers:
            surgery.preceded.setdefault(follower, []).extend(ast.parse(code).body)


def _joined(module: Module, old: Edit, addition: Edit) -> Edit:
    """Return the edit that puts an import where another one goes, or others come."""
    if addition.start != old.start:
        return old._replace(replacement=old.replacement + addition.replacement)
    end = module.line_end_near(old.start)
    before = old.replacement.rstrip("\r\n")
    code = (before + end if before else "") + addition.replacement
    bare = code.rstrip("\r\n")
    # Of blank lines below, those that are there come first, then what the import wants.
    removed = module.text[old.start : old.end]
    blank = removed[len(removed.rstrip("\r\n")) :]
    if LINE_END.match(module.text, old.end):
        blank = end
    elif len(LINE_END.findall(blank)) < 2:
        blank = code[len(bare) :]
    return old._replace(replacement=bare + blank)


class _Use(NamedTuple):
    """Where something of asynctest's is used.

    Attributes:
        node: The expression, as far as the name reaches.
        name: `CoroutineMock`, for example; empty for the package itself.
        root: The name that the expression begins with.
        statement: What imports that.
    """

    node: ast.expr
    name: str
    root: ast.Name
    statement: ImportStatement


class Asynctest(Rule):
    """`asynctest` cannot be imported on Python 3.11 or later.

    It was last released in 2019 and needs what asyncio no longer has: `AttributeError:
    module 'asyncio' has no attribute 'coroutine'`. The standard library does the same:
    `unittest.mock.AsyncMock` is what `CoroutineMock` was, `patch` and `MagicMock` know
    async functions, and `unittest.IsolatedAsyncioTestCase` awaits its tests.

    Before:

        import asyncio

        import pytest
        from asynctest import CoroutineMock, patch


        @pytest.mark.asyncio
        async def test_sleeps():
            with patch("asyncio.sleep", CoroutineMock()) as sleep:
                await asyncio.sleep(1)
            sleep.assert_awaited_once_with(1)

    After:

        import asyncio
        from unittest.mock import AsyncMock, patch

        import pytest


        @pytest.mark.asyncio
        async def test_sleeps():
            with patch("asyncio.sleep", AsyncMock()) as sleep:
                await asyncio.sleep(1)
            sleep.assert_awaited_once_with(1)

    By hand: an `IsolatedAsyncioTestCase` awaits `asyncSetUp` and `asyncTearDown`, and
    coroutine functions that `addAsyncCleanup` gets; `asyncio.get_running_loop()` stands
    for `self.loop`, and `with self.assertRaises(...)` for `assertAsyncRaises`.
    """

    code = "PTA120"
    name = "asynctest"
    message = "`asynctest` cannot be imported on Python 3.11 or later"
    by_hand = "use `unittest.mock.AsyncMock` and `unittest.IsolatedAsyncioTestCase`"
    words = (b"asynctest",)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the first import that no condition and no handler is around."""
        imports = [
            node
            for node in walk(module.tree)
            if isinstance(node, (ast.Import, ast.ImportFrom)) and _is_asynctest(node)
        ]
        certain = [node for node in imports if not _may_be_missed(module, node)]
        if certain:
            fix = _without_asynctest(module, imports, project)
            yield self.found(module, min(certain, key=module.span), fix)


def _is_asynctest(node: ImportStatement) -> bool:
    if isinstance(node, ast.ImportFrom):
        return not node.level and _is_in(node.module or "", "asynctest")
    return any(_is_in(alias.name, "asynctest") for alias in node.names)


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _may_be_missed(module: Module, node: ast.stmt) -> bool:
    return any(isinstance(each, (ast.If, ast.Try)) for each in module.parents(node))


def _without_asynctest(
    module: Module, imports: Sequence[ImportStatement], project: Project
) -> Fix | None:
    """Return what replaces all that is of asynctest; None where people have to look."""
    uses = [*_uses_of_asynctest(module)]
    froms = [node for node in imports if isinstance(node, ast.ImportFrom)]
    if any(module.parent(node) is not module.tree for node in imports):
        return None
    if not uses:
        # What is not a test file may be there for others to import from.
        unused = project.suite(module).tests and froms == imports
        return Fix(tuple(Delete(node) for node in froms)) if unused else None
    if (
        not {use.name for use in uses} <= {*_MOCKS, "TestCase", "mock"}
        or any(alias.name == "*" for node in froms for alias in node.names)
        or _needs_asynctest(module)
    ):
        return None
    plan = _Plan(module, uses)
    if not (plan.import_names(froms) and plan.rename() and plan.convert_classes()):
        return None
    added = ReplaceImports(froms, plan.added, [use.node for use in uses])
    return Fix((added, *plan.changes), needs=plan.needs)


def _uses_of_asynctest(module: Module) -> Iterator[_Use]:
    for root in walk(module.tree):
        if not isinstance(root, ast.Name) or not isinstance(root.ctx, ast.Load):
            continue
        qualified = module.qualified(root)
        bindings = module.names.bindings(root)
        if not _is_in(qualified, "asynctest") or not bindings:
            continue
        statement = bindings[0]
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            statement = ast.Import(names=[])  # another name for one: for people
        yield _use(module, root, qualified, statement)


def _use(
    module: Module, root: ast.Name, qualified: str, statement: ImportStatement
) -> _Use:
    """Follow the attributes of a name up to that of asynctest's which is meant."""
    node: ast.expr = root
    while qualified in {"asynctest", "asynctest.mock", "asynctest.case"}:
        parent = module.parent(node)
        if not isinstance(parent, ast.Attribute):
            return _Use(node, "", root, statement)
        node, qualified = parent, f"{qualified}.{parent.attr}"
    return _Use(node, qualified.rpartition(".")[2], root, statement)


def _needs_asynctest(module: Module) -> bool:
    """Tell whether what only asynctest has is used: of mocks, or of `patch`."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "awaited")
        or (
            isinstance(node, ast.Call)
            and keyword(node, "scope")
            and "asynctest" in module.qualified(node.func)
        )
        for node in walk(module.tree)
    )


class _Plan:
    """What becomes of asynctest in a module.

    Attributes:
        changes: Of the code.
        added: What is imported from which module.
        needs: The modules that are imported by their own names.
    """

    def __init__(self, module: Module, uses: Sequence[_Use]) -> None:
        self._module, self._uses = module, uses
        self._bound = {
            name for scope in all_bindings(module) for name in scope if name != "*"
        }
        self._kept: set[str] = set()
        self.changes: list[Change] = []
        self.added: dict[str, list[str]] = {"unittest": [], "unittest.mock": []}
        self.needs: tuple[str, ...] = ()

    def import_names(self, froms: Iterable[ast.ImportFrom]) -> bool:
        """Import what replaces the names that are imported from asynctest."""
        return all(self._import(alias) for node in froms for alias in node.names)

    def _import(self, alias: ast.alias) -> bool:
        source = "unittest.mock" if alias.name in _MOCKS else "unittest"
        name = self._new_name(alias.name)
        if not name:
            return False
        local = alias.asname or name
        is_new = local != (alias.asname or alias.name)
        if is_new and local in self._bound:
            if self._stands_for(local, f"{source}.{name}"):
                return True
            local = alias.name
            self._kept.add(local)
        self._add(source, name if local == name else f"{name} as {local}")
        return True

    @staticmethod
    def _new_name(name: str) -> str | None:
        others = {"mock": "mock", "TestCase": ISOLATED}
        return _MOCKS.get(name) or others.get(name)

    def _add(self, source: str, text: str) -> None:
        """Import a name with others of its module, if there is such an import."""
        for node in self._module.tree.body:
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module, node.level) == (source, 0)
                and " as " not in text
                and node.names[0].name != "*"
            ):
                if not any((each.asname or each.name) == text for each in node.names):
                    self._extend(node, text)
                return
        if text not in self.added[source]:
            self.added[source].append(text)
            self.added[source].sort(key=str.lower)

    def _extend(self, node: ast.ImportFrom, text: str) -> None:
        for index, change in enumerate(self.changes):
            if isinstance(change, ImportNames) and change.statement is node:
                if text not in change.names:
                    self.changes[index] = ImportNames(node, [*change.names, text])
                return
        self.changes.append(ImportNames(node, [text]))

    def _stands_for(self, local: str, qualified: str) -> bool:
        """Tell whether a name is bound to something, and to that everywhere."""
        scopes = [
            scope[local] for scope in all_bindings(self._module) if local in scope
        ]
        name = ast.Name(local, ast.Load())
        return len(scopes) == 1 and self._module.qualified(name) == qualified

    def rename(self) -> bool:
        """Have the code say the new names."""
        return all(self._rename(use) for use in self._uses)

    def _rename(self, use: _Use) -> bool:
        if isinstance(use.statement, ast.ImportFrom):
            return self._rename_local(use)
        if not use.statement.names or use.name == "mock":
            return False
        if use.name == "TestCase":
            self.needs = ("unittest",)
            self.changes.append(Replace(use.node, f"unittest.{ISOLATED}"))
            return "unittest" not in self._bound or self._stands_for(
                "unittest", "unittest"
            )
        new, mock = _MOCKS[use.name], self._mock()
        if mock:
            self.changes.append(Replace(use.node, f"{mock}.{new}"))
            return True
        self.changes.append(Replace(use.node, new))
        if new in self._bound:
            return self._stands_for(new, f"unittest.mock.{new}")
        self._add("unittest.mock", new)
        return True

    def _rename_local(self, use: _Use) -> bool:
        new = self._new_name(use.name) or ""
        if isinstance(use.node, ast.Attribute):
            if use.name == "TestCase":
                return False
            if new != use.name:
                owner = self._module.segment(use.node.value)
                self.changes.append(Replace(use.node, f"{owner}.{new}"))
        elif use.root.id == use.name != new and use.name not in self._kept:
            self.changes.append(Replace(use.node, new))
        return True

    def _mock(self) -> str:
        """Return what `unittest.mock` is called here, and import it if need be."""
        for name in ("mock", "unittest.mock"):
            root = name.partition(".")[0]
            qualified = "unittest.mock" if name == "mock" else "unittest"
            if self._stands_for(root, qualified) and (
                root == "mock" or "import unittest.mock" in self._module.text
            ):
                return name
        if "mock" in self._bound:
            return ""
        if not any("mock" in names for names in self.added.values()):
            self._add("unittest", "mock")
        return "mock"

    def convert_classes(self) -> bool:
        """Have classes await what asynctest's awaited."""
        cases = [use.node for use in self._uses if use.name == "TestCase"]
        for case in cases:
            owner = self._module.parent(case)
            if not isinstance(owner, ast.ClassDef) or case not in owner.bases:
                return False
            others = [base for base in owner.bases if base is not case]
            mixins = [_class_here(self._module, base) for base in others]
            if not _is_plain_testcase(self._module, owner, mixins):
                return False
            for method in owner.body:
                if isinstance(method, ast.AsyncFunctionDef):
                    awaited = _AWAITED_IN_TESTCASES.get(method.name)
                    if awaited:
                        self.changes.append(RenameDefinition(method, awaited))
        return True


def _class_here(module: Module, node: ast.expr) -> ast.ClassDef | None:
    """Return the class of a module that a name stands for."""
    match module.names.bindings(node) if isinstance(node, ast.Name) else ():
        case [ast.ClassDef() as found]:
            return found
        case _:
            return None


def _is_plain_testcase(
    module: Module, node: ast.ClassDef, mixins: Sequence[ast.ClassDef | None]
) -> bool:
    """Tell whether a class uses nothing that only asynctest's `TestCase` has."""
    return (
        not node.keywords
        and _leaves_tests(module, node)
        and any(name.startswith("test") for name in _methods(node))
        and _has_plain_body(module, node)
        and all(
            mixin
            and not (mixin.bases or mixin.keywords or mixin.decorator_list)
            and _has_plain_body(module, mixin)
            and _methods(mixin).isdisjoint(TEST_RUNNERS | {*_AWAITED_IN_TESTCASES})
            for mixin in mixins
        )
        and not any(
            isinstance(base, ast.Name) and base.id == node.name
            for other in walk(module.tree)
            if isinstance(other, ast.ClassDef)
            for base in other.bases
        )
    )


def _methods(node: ast.ClassDef) -> set[str]:
    return {each.name for each in node.body if isinstance(each, FUNCTIONS)}


def _has_plain_body(module: Module, node: ast.ClassDef) -> bool:
    stops = {*_cleanups_that_stop(node)}
    return not any(_is_asynctests(each) for each in {*walk(node)} - stops) and all(
        _leaves_tests(module, each)
        for each in node.body
        if isinstance(each, FUNCTIONS)
        and (each.name.startswith("test") or each.name in _AWAITED_IN_TESTCASES)
    )


def _cleanups_that_stop(node: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield `addCleanup` where it gets a patch's `stop`, which is nothing to await."""
    for each in walk(node):
        match each:
            case ast.Call(
                func=ast.Attribute(attr="addCleanup") as add,
                args=[ast.Attribute(attr="stop" | "stopall"), *_],
            ):
                yield add
            case _:
                pass


def _leaves_tests(module: Module, node: Function | ast.ClassDef) -> bool:
    """Tell whether a class or test has patches, marks and conditions around it only."""
    others = [
        each
        for each in node.decorator_list
        if not mark_name(module, each)
        and not _PATCH_OR_CONDITION.match(module.qualified(called(each)))
    ]
    return not others


def _is_asynctests(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="setUp" | "tearDown"):
            return True  # of a base, which would have to be awaited, or not any more
        case ast.Attribute(attr="loop", value=ast.Name(id=owner)):
            return owner in {"self", "cls"}
        case ast.Attribute(attr=name) | ast.Name(id=name, ctx=ast.Store()):
            return name in _ONLY_IN_ASYNCTEST
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name in _ONLY_IN_ASYNCTEST
        case _:
            return False


ASYNCTEST_RULES: tuple[Rule, ...] = (Asynctest(),)
