"""What lets a fixture `event_loop` give the loop that pytest-asyncio has made."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .changes import DeleteTogether, Replace, ReplaceStatement
from .function_changes import ReplaceFunction
from .loop_overrides import LOOP_NAME
from .loop_uses import means_itself
from .syntax import called, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .changes import Change
    from .loop_overrides import LoopOverride
    from .project import Project
    from .source import Module
    from .suite import Fixture

# --- Adaption of event_loop -----------------------------------------------------------

ADAPTED_NEEDS = ("asyncio", "pytest_asyncio")
_CURRENT_LOOP = "asyncio.get_event_loop()"
_KNOWN_SCOPES = frozenset({"function", "class", "module", "package", "session"})
_DECORATOR_KEYWORDS = frozenset({"scope", "autouse"})
# pytest-asyncio's runner does this by itself, at its own end.
_ENDINGS = frozenset({"shutdown_asyncgens", "shutdown_default_executor"})
# What must not be done to a loop that pytest-asyncio goes on to use ...
_UNFIT_FOR_LOOPS = frozenset(
    {"stop", "run_forever", "is_closed", "is_running", "close", *_ENDINGS}
)
# ... and what makes it another one.
_OTHER_LOOPS = frozenset(
    {"set_event_loop", "set_event_loop_policy", "new_event_loop", "install"}
)


def loop_fixture_code(decorator: str, parameters: str = "") -> str:
    """Return a fixture that gives the current loop of pytest-asyncio's."""
    return f"@{decorator}\ndef {LOOP_NAME}({parameters}):\n    return {_CURRENT_LOOP}"


def can_say_current_loop(fixture: Fixture, project: Project) -> bool:
    """Tell whether the code of an adapted fixture means what it says there."""
    return all(
        means_itself(fixture.module, fixture.function, name, project)
        for name in ADAPTED_NEEDS
    )


def adapting_changes(
    override: LoopOverride,
    project: Project,
    loop_scope: str,
    *,
    is_autouse: bool = False,
) -> tuple[Change, ...]:
    """Return what makes an override give the loop that is there; nothing if unfit.

    All else that it does stays, before the tests that it is for and behind them.

    Args:
        override: It.
        project: What it belongs to.
        loop_scope: The scope of the loop of the tests that it is for.
        is_autouse: Whether tests that do not ask for it are to have it as well.
    """
    fixture = override.fixture
    if not (
        override.library == "asyncio"
        and isinstance(fixture.function, ast.FunctionDef)
        and _has_known_decorator(fixture)
        and can_say_current_loop(fixture, project)
    ):
        return ()
    decorator = _adapted_decorator(fixture, loop_scope, is_autouse=is_autouse)
    if override.is_only_loop and not is_autouse:
        parameters = "self" if fixture.owner else ""
        code = loop_fixture_code(decorator, parameters)
        return (ReplaceFunction(fixture.function, code),)
    work = _LoopWork.of(fixture)
    if work is None:
        return ()
    return (Replace(fixture.decorator, decorator), *work.changes(fixture.module))


def _has_known_decorator(fixture: Fixture) -> bool:
    keywords = getattr(fixture.decorator, "keywords", [])
    return (
        len(fixture.function.decorator_list) == 1
        and fixture.made_by == "pytest"
        and fixture.scope in _KNOWN_SCOPES
        and not getattr(fixture.decorator, "args", [])
        and {each.arg for each in keywords} <= _DECORATOR_KEYWORDS
    )


def _adapted_decorator(fixture: Fixture, loop_scope: str, *, is_autouse: bool) -> str:
    said: list[str] = []
    if fixture.scope != "function":
        said += [f'scope="{fixture.scope}"', f'loop_scope="{loop_scope}"']
    if fixture.is_autouse or is_autouse:
        said.append("autouse=True")
    return "pytest_asyncio.fixture" + (f"({', '.join(said)})" if said else "")


@dataclass
class _LoopWork:
    """What an override does with its loop, in the statements that are to change.

    Attributes:
        maker: The expression that makes it.
        going: The statements that announce or close it.
    """

    maker: ast.expr
    going: list[ast.stmt] = field(default_factory=list[ast.stmt])

    @classmethod
    def of(cls, fixture: Fixture) -> _LoopWork | None:
        """Read it; None if it is more than can be told from here."""
        module, function = fixture.module, fixture.function
        given = _given_once(function)
        maker = _made_once(function, given.id) if given else None
        if given is None or maker is None:
            return None
        work = cls(maker)
        work.going += [
            node
            for node in own_nodes(function)
            if isinstance(node, ast.Expr) and _is_of_its_life(module, node, given.id)
        ]
        return None if work._leaves_unfit(module, function, given.id) else work

    def _leaves_unfit(
        self,
        module: Module,
        function: ast.FunctionDef | ast.AsyncFunctionDef,
        name: str,
    ) -> bool:
        """Tell whether there is more of what a loop in use must not have."""
        gone = {each for node in (self.maker, *self.going) for each in ast.walk(node)}
        return any(
            node not in gone and _is_unfit(module, node, name)
            for node in ast.walk(function)
        )

    def changes(self, module: Module) -> Iterator[Change]:
        """Yield what takes the loop that is there."""
        yield Replace(self.maker, _CURRENT_LOOP)
        alone = [
            node for node in self.going if set(module.block_of(node)) <= {*self.going}
        ]
        for node in alone:
            if node is module.block_of(node)[0]:
                yield ReplaceStatement(node, "pass")
        rest = [
            node
            for node in self.going
            if node not in alone or node is not module.block_of(node)[0]
        ]
        if rest:
            yield DeleteTogether(rest)


def _is_unfit(module: Module, node: ast.AST, name: str) -> bool:
    match node:
        case ast.Global() | ast.Nonlocal():
            return True
        case ast.Attribute(value=owner, attr=attribute):
            is_loop = isinstance(owner, ast.Call) or getattr(owner, "id", "") == name
            return attribute in _OTHER_LOOPS or (
                is_loop and attribute in _UNFIT_FOR_LOOPS
            )
        case ast.Name(id=used):
            return used in _OTHER_LOOPS and module.qualified(node).startswith("asyncio")
        case _:
            return False


def _given_once(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.Name | None:
    """Return the name that a function yields or returns, if it does so once."""
    given = [
        node.value
        for node in own_nodes(function)
        if isinstance(node, (ast.Yield, ast.Return)) and node.value
    ]
    return given[0] if len(given) == 1 and isinstance(given[0], ast.Name) else None


def _made_once(
    function: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> ast.expr | None:
    """Return the call that a name is given, if it is given nothing else."""
    found: list[ast.expr] = []
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as value):
                found += [value] if target == name else []
            case _:
                pass
    stores = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
        and node.id == name
        and not isinstance(node.ctx, ast.Load)
    ]
    return found[0] if len(found) == len(stores) == 1 else None


def _is_of_its_life(module: Module, statement: ast.Expr, name: str) -> bool:
    """Tell whether a statement announces the loop of a name, ends or closes one."""
    match statement.value:
        case ast.Call(func=ast.Attribute(value=owner, attr="close"), args=[]):
            return _is_loop(module, owner, name)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=owner), attr="run_until_complete"),
            args=[ast.Call(func=ast.Attribute(attr=ending))],
        ):
            return owner == name and ending in _ENDINGS
        case ast.Call(func=function, args=[ast.Name() | ast.Constant() as loop]):
            is_own = isinstance(loop, ast.Constant) or loop.id == name
            return is_own and module.qualified(function) == "asyncio.set_event_loop"
        case _:
            return False


def _is_loop(module: Module, node: ast.expr, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name
    made = called(node)
    return made is not node and module.qualified(made) == "asyncio.get_event_loop"
