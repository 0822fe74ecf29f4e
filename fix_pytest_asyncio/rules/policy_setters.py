"""A rule on event loop policies that are set for all tests."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..hook_changes import BecomeHook, HookText
from ..loop_factories import (
    CONFTEST,
    FACTORIES_HOOK,
    POLICY_INSTALLERS,
    has_factories_hook,
    is_found_below,
    is_no_policy,
    qualified_if_there,
)
from ..references import call_of, references, runs_before
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..suite import fixture_of
from ..syntax import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..project import Project
    from ..rule import Finding
    from ..source import Module

# --- Rules: event loop policies that are set ------------------------------------------

_POLICIES_DEPRECATED = (3, 14)
# Who makes loops without pytest-asyncio would no longer get the policy's.
_OWN_LOOPS = re.compile(
    rb"asyncio\.run\(|IsolatedAsyncioTestCase|\banyio\b|new_event_loop\(|"
    rb"run_until_complete"
)


class SetEventLoopPolicy(Rule):
    """An event loop policy is set for the whole test run.

    Since Python 3.14 this warns, `DeprecationWarning:
    'asyncio.set_event_loop_policy' is deprecated and slated for removal in Python
    3.16`, and the classes of policies do as well. pytest-asyncio has a hook since 1.4
    that names what makes the loops of tests. It must never return None or an empty
    dictionary: the loop of everywhere else is named as well. What only Pythons before
    3.14 run, by a condition that asks for the version, is left alone.

    Before:

        # conftest.py
        import asyncio
        import sys

        if sys.platform == "win32":
            asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

    After:

        # conftest.py
        import asyncio
        import sys


        def pytest_asyncio_loop_factories(config, item):
            if sys.platform == "win32":
                return {"selector": asyncio.SelectorEventLoop}
            return {"asyncio": asyncio.new_event_loop}

    By hand: the hook has to be in a conftest.py or a plugin. It counts for the tests
    that pytest-asyncio runs. Where others make loops too, with `asyncio.run`, by anyio
    or as unittest's, the fix is not a safe one: give `loop_factory=` to
    `asyncio.Runner`, or `backend_options` to anyio.
    """

    code = "PTA109"
    name = "event-loop-policy-set"
    message = "event loop policies are deprecated: use the hook " + FACTORIES_HOOK
    by_hand = (
        f"have `{FACTORIES_HOOK}(config, item)` in a conftest.py return "
        "what makes the loops, as a dictionary with a name for each"
    )
    words = (b"set_event_loop_policy", b"uvloop", b"winloop")
    pattern = re.compile(rb"set_event_loop_policy|\binstall\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the calls that count for more than one test."""
        names = ("asyncio.set_event_loop_policy", *POLICY_INSTALLERS)
        setters = [
            call
            for function in references(module, *names)
            if (call := call_of(module, function))
        ]
        optional = _optional_installs(module)
        if not (setters or optional) or not project.is_of_tests(module):
            return
        calls = [*setters, *optional]
        fix = _set_fix(module, project, calls)
        for call in calls:
            if (
                not _undoes(call)
                and _counts_for_many(module, call)
                and not runs_before(module, call, _POLICIES_DEPRECATED)
            ):
                yield self.found(module, call, fix)


def _optional_installs(module: Module) -> list[ast.Call]:
    """Return calls of an installer whose import may have failed."""
    return [
        node
        for node in walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "install"
        and module.qualified(node.func) not in POLICY_INSTALLERS
        and qualified_if_there(module, node.func) in POLICY_INSTALLERS
    ]


def _undoes(call: ast.Call) -> bool:
    """Tell whether a call sets the policy back to the usual one."""
    return bool(call.args) and is_no_policy(call.args[0])


def _counts_for_many(module: Module, call: ast.Call) -> bool:
    """Tell whether a call is made for a module, or by a hook or a fixture."""
    function = module.function_of(call)
    if function is None:
        return True
    if isinstance(function, ast.Lambda):
        return False
    if function.name.startswith("pytest_"):
        return True
    fixture = fixture_of(module, function)
    return fixture is not None and not fixture.name.startswith("event_loop")


def _set_fix(
    module: Module, project: Project, setters: Sequence[ast.Call]
) -> Fix | None:
    """Return the fix for all calls of a module at once, if one hook can do it."""
    if module.path.name != CONFTEST or has_factories_hook(module):
        return None
    if any(module.function_of(call) for call in setters):
        return None
    if any(each.name == "event_loop_policy" for each in project.suite(module).fixtures):
        return None
    statements = {_top_statement(module, call) for call in setters}
    if len(statements) != 1:
        return None
    statement = statements.pop()
    try:
        hook = HookText(module, statement, setters)
        code = hook.text()
    except NotFixableError:
        return None
    is_safe = not is_found_below(module, _OWN_LOOPS, besides=None)
    return Fix((BecomeHook(statement, code),), is_safe, hook.needs())


def _top_statement(module: Module, node: ast.AST) -> ast.stmt:
    return [node, *module.parents(node)][-2]  # type: ignore[return-value]  # it is one


POLICY_SETTER_RULES: tuple[Rule, ...] = (SetEventLoopPolicy(),)
