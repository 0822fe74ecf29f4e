"""A rule on fixtures that return event loop policies."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..changes import (
    Change,
    DeleteDecorator,
    Replace,
    ReplaceSignature,
    ReplaceStatement,
)
from ..loop_factories import (
    CONFTEST,
    FACTORIES_HOOK,
    HOOK_SIGNATURE,
    LoopFactory,
    factory_of_policy,
    has_factories_hook,
    is_found_below,
    mapping_of_factories,
)
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..syntax import (
    always_ends,
    arguments_of,
    called,
    inner_nodes,
    keyword,
    own_nodes,
    string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture
    from ..syntax import Function

# --- Rules: fixtures of event loop policies -------------------------------------------

_POLICY_FIXTURE = re.compile(
    rb"\bdef\s+event_loop_policy\b|[\"']event_loop_policy[\"']"
)


class EventLoopPolicyFixture(Rule):
    """The fixture `event_loop_policy` is overridden.

    pytest-asyncio 1.x warns on every test, which fails a suite that makes errors of
    warnings: `Overriding the "event_loop_policy" fixture is deprecated and will be
    removed in a future version of pytest-asyncio. Use the
    "pytest_asyncio_loop_factories" hook to customize event loop creation.` Policies
    themselves are deprecated since Python 3.14 and gone from 3.16. The hook, which
    pytest-asyncio has since 1.4, takes their place: it names what makes the loops.
    With several, each async test runs once with each. It must never return None or an
    empty dictionary.

    Before:

        # conftest.py
        import pytest
        import uvloop


        @pytest.fixture(scope="session")
        def event_loop_policy():
            return uvloop.EventLoopPolicy()

    After:

        # conftest.py
        import uvloop


        def pytest_asyncio_loop_factories(config, item):
            return {"uvloop": uvloop.new_event_loop}

    By hand: hooks only work in a conftest.py or a plugin. For a fixture of one module
    or class, have the hook of the closest conftest.py name all factories, and mark the
    tests: `@pytest.mark.asyncio(loop_factories=["uvloop"])`. In a plugin for others,
    decorate the hook with `@pytest.hookimpl(optionalhook=True)`. For a policy of your
    own, return a function that makes the loop which its `new_event_loop` makes.
    """

    code = "PTA108"
    name = "event-loop-policy-fixture"
    message = (
        "the fixture `event_loop_policy` is deprecated: use the hook " + FACTORIES_HOOK
    )
    by_hand = (
        f"return what makes the loops from `{FACTORIES_HOOK}(config, item)`, "
        "as a dictionary with a name for each"
    )
    words = (b"event_loop_policy",)
    pattern = _POLICY_FIXTURE

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the fixtures that pytest knows by this name."""
        for fixture in project.suite(module).fixtures:
            if fixture.name != "event_loop_policy":
                continue
            by_hand = ""
            fix = None
            if module.path.name == CONFTEST:
                fix = _hook_fix(module, fixture)
            else:
                by_hand = (
                    f"hooks do not work here: have `{FACTORIES_HOOK}` in the closest "
                    "conftest.py return the factory, and choose it where wanted, with "
                    "`@pytest.mark.asyncio(loop_factories=[...])`"
                )
            yield self.found(module, fixture.function, fix, by_hand)


def _hook_fix(module: Module, fixture: Fixture) -> Fix | None:
    function = fixture.function
    if (
        fixture.is_async
        or fixture.owner
        or len(function.decorator_list) > 1
        or has_factories_hook(module)
        or function not in module.tree.body
    ):
        return None
    try:
        results = [*_results(module, fixture)]
    except NotFixableError:
        return None
    others = is_found_below(module, _POLICY_FIXTURE, besides=module)
    return Fix(
        (
            DeleteDecorator(fixture.decorator),
            ReplaceSignature(function, HOOK_SIGNATURE),
            *(change for change, _ in results),
        ),
        is_safe=not others,
        needs=tuple(dict.fromkeys(name for _, needs in results for name in needs)),
    )


def _results(
    module: Module, fixture: Fixture
) -> Iterator[tuple[Change, tuple[str, ...]]]:
    """Yield how to return factories where a fixture returns policies."""
    function = fixture.function
    params = _params(module, fixture)
    returns = [each for each in own_nodes(function) if isinstance(each, ast.Return)]
    last = function.body[-1]
    if not returns and isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield):
        returns = [last]  # type: ignore[list-item]  # a statement with a value all the same
    _refuse_other_steps(function.body)
    for change in _configurations(module, function, is_parametrized=bool(params)):
        yield change, ()
    if not returns or not always_ends(function.body, returns):
        raise NotFixableError
    for statement in returns:
        value = statement.value
        if isinstance(value, ast.Yield):
            value = value.value
        if value is None:
            raise NotFixableError
        if params:
            _refuse_other_than_param(value)
            code = mapping_of_factories(params, statement.col_offset)
            needs = tuple(name for each in params for name in each.needs)
        else:
            code, needs = _mapped(module, value, statement.col_offset)
        yield ReplaceStatement(statement, f"return {code}"), needs


def _refuse_other_steps(block: Sequence[ast.stmt]) -> None:
    """Refuse a fixture that does more than to choose: a hook is asked many times."""
    for node in block:
        if isinstance(node, (ast.If, ast.Try)):
            _refuse_other_steps([*node.body, *node.orelse])
            for handler in getattr(node, "handlers", ()):
                _refuse_other_steps(handler.body)
            _refuse_other_steps(getattr(node, "finalbody", ()))
        elif isinstance(node, ast.Expr):
            if not isinstance(node.value, (ast.Constant, ast.Yield)):
                raise NotFixableError
        elif not isinstance(
            node, (ast.Return, ast.Raise, ast.Import, ast.ImportFrom, ast.Pass)
        ):
            raise NotFixableError


def _configurations(
    module: Module, function: Function, *, is_parametrized: bool
) -> Iterator[Change]:
    """Yield how a hook gets pytest's configuration where a fixture asks for it.

    Raises:
        NotFixableError: If the fixture uses others: a hook has none.
    """
    arguments = {argument.arg for argument in arguments_of(function.args)}
    for node in inner_nodes(function.body):
        if not isinstance(node, ast.Name) or node.id not in arguments:
            continue
        parent = module.parent(node)
        if node.id == "pytestconfig":
            yield Replace(node, "config")
        elif isinstance(parent, ast.Attribute) and node.id == "request":
            if parent.attr == "config":
                yield Replace(parent, "config")
            elif parent.attr != "param" or not is_parametrized:
                raise NotFixableError
        else:
            raise NotFixableError


def _refuse_other_than_param(value: ast.expr) -> None:
    match called(value):
        case ast.Attribute(value=ast.Name(id="request"), attr="param"):
            return
    raise NotFixableError


def _mapped(
    module: Module, value: ast.expr, indented: int
) -> tuple[str, tuple[str, ...]]:
    """Return what a hook returns where a fixture returns this, and what it needs."""
    if isinstance(value, ast.IfExp):
        first, needs = _mapped(module, value.body, 0)
        second, more = _mapped(module, value.orelse, 0)
        condition = module.segment(value.test)
        return f"{first} if {condition} else {second}", (*needs, *more)
    if not isinstance(value, ast.Call):
        raise NotFixableError
    factory = factory_of_policy(module, value)
    return mapping_of_factories([factory], indented), factory.needs


def _params(module: Module, fixture: Fixture) -> list[LoopFactory]:
    """Return what the parameters of a fixture are factories of; none if it has none."""
    argument = keyword(fixture.decorator, "params")
    if argument is None:
        return []
    if not isinstance(argument.value, (ast.List, ast.Tuple)):
        raise NotFixableError
    names = _ids(fixture, len(argument.value.elts))
    return [
        _of_param(module, node, name)
        for node, name in zip(argument.value.elts, names, strict=True)
    ]


def _ids(fixture: Fixture, count: int) -> Sequence[str | None]:
    argument = keyword(fixture.decorator, "ids")
    if argument is None:
        return [None] * count
    elements = getattr(argument.value, "elts", [])
    names = [string(each) for each in elements]
    if len(names) != count or not all(names):
        raise NotFixableError
    return names


def _of_param(module: Module, node: ast.expr, name: str | None) -> LoopFactory:
    if isinstance(node, ast.Call) and module.qualified(node.func) == "pytest.param":
        said = keyword(node, "id")
        if len(node.args) != 1 or len(node.keywords) > bool(said):
            raise NotFixableError
        return _of_param(module, node.args[0], string(said.value) if said else name)
    factory = factory_of_policy(module, node)
    return factory._replace(name=name) if name else factory


POLICY_FIXTURE_RULES: tuple[Rule, ...] = (EventLoopPolicyFixture(),)
