"""A rule on child watchers."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import DeleteTogether
from ..loop_factories import is_no_policy
from ..references import is_guarded, uses_of
from ..rule import Fix, Rule
from ..syntax import called, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: child watchers ------------------------------------------------------------

_GET_POLICY = "asyncio.get_event_loop_policy"
_WATCHERS = tuple(
    f"asyncio.{kind}ChildWatcher"
    for kind in ("Abstract", "Fast", "MultiLoop", "Pidfd", "Safe", "Threaded")
)


class SetChildWatcher(Rule):
    """A child watcher is set.

    Python 3.14 has no child watchers any more: `AttributeError: module 'asyncio' has no
    attribute 'set_child_watcher'`. Since Python 3.8 none has to be set for subprocesses
    to be waited for, whatever the thread, and since 3.12 the calls warn.

    Before:

        import asyncio

        import pytest


        @pytest.fixture(autouse=True)
        def watched(monkeypatch):
            monkeypatch.setenv("COLUMNS", "80")
            watcher = asyncio.ThreadedChildWatcher()
            asyncio.set_child_watcher(watcher)

    After:

        import pytest


        @pytest.fixture(autouse=True)
        def watched(monkeypatch):
            monkeypatch.setenv("COLUMNS", "80")

    By hand: delete the call, and what only serves it.
    """

    code = "PTA122"
    name = "child-watcher"
    message = "child watchers are gone from Python 3.14 and not needed"
    by_hand = "delete it, and what only serves it"
    words = (b"child_watcher",)
    pattern = re.compile(rb"[sg]et_child_watcher")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls, but those for old versions of Python alone."""
        del project
        for call in _watcher_calls(module):
            if not is_guarded(module, call):
                yield self.found(module, call, _without_watcher(module, call))


def _watcher_calls(module: Module) -> Iterator[ast.Call]:
    for node in walk(module.tree):
        if isinstance(node, ast.Call):
            function = called(node)
            if module.qualified(function) in {
                "asyncio.set_child_watcher",
                "asyncio.get_child_watcher",
            }:
                yield node
            elif isinstance(function, ast.Attribute) and function.attr in {
                "set_child_watcher",
                "get_child_watcher",
            }:
                policy = _value_of(module, function.value)
                if _is_call_of(module, policy, _GET_POLICY):
                    yield node


def _value_of(module: Module, node: ast.expr) -> ast.expr | None:
    """Return the value of a name that is given one once; else the expression."""
    if not isinstance(node, ast.Name):
        return node
    match module.names.bindings(node):
        case [ast.Assign(targets=[ast.Name()], value=value)]:
            return value
    return None


def _is_call_of(module: Module, node: ast.expr | None, *names: str) -> bool:
    return isinstance(node, ast.Call) and module.qualified(node.func) in names


def _without_watcher(module: Module, call: ast.Call) -> Fix | None:
    """Return a fix that deletes a call, if nothing is left then that misses it."""
    going = _statements_of_call(module, call)
    if not going:
        return None
    going = _with_orphans(module, going)
    is_safe = all(
        _is_call_of(module, argument, *_WATCHERS)
        or is_no_policy(argument)
        or _is_bound_by(module, argument, going)
        for argument in call.args
    )
    return Fix((DeleteTogether(_whole_blocks(module, going)),), is_safe)


def _is_bound_by(module: Module, node: ast.expr, going: Sequence[ast.stmt]) -> bool:
    """Tell whether a name is one that only what goes binds."""
    return isinstance(node, ast.Name) and all(
        binding in going for binding in module.names.bindings(node)
    )


def _statements_of_call(module: Module, call: ast.Call) -> list[ast.stmt]:
    parent = module.parent(call)
    if isinstance(parent, ast.Expr):
        return [parent]
    if isinstance(parent, ast.Attribute) and parent.attr == "attach_loop":
        attached = module.parent(module.parent(parent))
        return [attached] if isinstance(attached, ast.Expr) else []
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        return [parent] if _serves_only(module, parent, []) else []
    return []


def _with_orphans(module: Module, going: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with those that only make what goes with them."""
    found = list(going)
    names = {
        node.id
        for statement in going
        for node in walk(statement)
        if isinstance(node, ast.Name)
    }
    block = module.block_of(going[0])
    for node in block:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in names
            and (
                node in going
                or _is_call_of(module, node.value, *_WATCHERS, _GET_POLICY)
            )
            and _serves_only(module, node, going)
        ):
            uses = _attachments(module, node.targets[0])
            found += [each for each in [node, *uses] if each not in found]
    return sorted(found, key=lambda node: node.lineno)


def _serves_only(module: Module, node: ast.Assign, going: Sequence[ast.stmt]) -> bool:
    """Tell whether what a name is given is used by what goes, and to attach a loop."""
    target = node.targets[0]
    if not isinstance(target, ast.Name) or len(node.targets) > 1:
        return False
    gone = {each for statement in going for each in walk(statement)}
    return all(
        use in gone or _attachment(module, use) for use in uses_of(module, target)
    )


def _attachments(module: Module, target: ast.Name) -> list[ast.stmt]:
    found = [_attachment(module, use) for use in uses_of(module, target)]
    return [each for each in found if each]


def _attachment(module: Module, use: ast.Name) -> ast.stmt | None:
    """Return the statement that attaches a loop to a watcher by a name."""
    attribute = module.parent(use)
    if isinstance(attribute, ast.Attribute) and attribute.attr == "attach_loop":
        statement = module.parent(module.parent(attribute))
        if isinstance(statement, ast.Expr):
            return statement
    return None


def _whole_blocks(module: Module, going: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return statements to delete: an `if` in place of all that is in it."""
    parent = module.parent(going[0])
    if (
        isinstance(parent, ast.If)
        and not parent.orelse
        and set(parent.body) == set(going)
        and not any(
            isinstance(node, (ast.Call, ast.NamedExpr, ast.Await))
            for node in walk(parent.test)
        )
        and "#" not in module.segment(parent)
    ):
        return _whole_blocks(module, [parent])
    return list(going)


CHILD_WATCHER_RULES: tuple[Rule, ...] = (SetChildWatcher(),)
