"""What makes the loops of event loop policies, and the hook that names it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .files import UnusableFileError, find_files, read_file
from .references import spelled
from .source import NotFixableError
from .syntax import called

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from pathlib import Path

    from .source import Module

# --- Loop factories -------------------------------------------------------------------

FACTORIES_HOOK = "pytest_asyncio_loop_factories"
HOOK_SIGNATURE = f"{FACTORIES_HOOK}(config, item)"
CONFTEST = "conftest.py"
_LINE_WIDTH = 88

# What makes a policy, and by which name and with what the hook asks for its loops.
_FACTORIES = {
    "asyncio.DefaultEventLoopPolicy": ("asyncio", "asyncio.new_event_loop"),
    "asyncio.get_event_loop_policy": ("asyncio", "asyncio.new_event_loop"),
    "asyncio.WindowsSelectorEventLoopPolicy": ("selector", "asyncio.SelectorEventLoop"),
    "asyncio.WindowsProactorEventLoopPolicy": ("proactor", "asyncio.ProactorEventLoop"),
    "uvloop.EventLoopPolicy": ("uvloop", "uvloop.new_event_loop"),
    "winloop.EventLoopPolicy": ("winloop", "winloop.new_event_loop"),
}
POLICY_INSTALLERS = {
    "uvloop.install": "uvloop.EventLoopPolicy",
    "winloop.install": "winloop.EventLoopPolicy",
}


class LoopFactory(NamedTuple):
    """An entry of what the hook returns."""

    name: str
    code: str
    needs: tuple[str, ...] = ()


def factory_of_policy(module: Module, node: ast.expr) -> LoopFactory:
    """Return what makes the loops of a policy; of what makes it, called or not.

    Raises:
        NotFixableError: If it is not known what it is.
    """
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        raise NotFixableError
    function = called(node)
    qualified = qualified_if_there(module, function)
    found = _FACTORIES.get(POLICY_INSTALLERS.get(qualified, qualified))
    if found is None:
        raise NotFixableError
    name, factory = found
    owner, _, last = factory.rpartition(".")
    if isinstance(function, ast.Attribute) and qualified.rpartition(".")[0] == owner:
        return LoopFactory(name, f"{module.segment(function.value)}.{last}")
    return LoopFactory(name, *spelled(module, factory, function))


def qualified_if_there(module: Module, node: ast.expr) -> str:
    """Return what an expression stands for; its module may be None if there is none."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return module.qualified(node)
    bindings = [
        binding
        for binding in module.names.bindings(node.value)
        if not (isinstance(binding, ast.Assign) and is_no_policy(binding.value))
    ]
    if len(bindings) == 1 and isinstance(bindings[0], ast.Import):
        imported = {each.asname or each.name: each.name for each in bindings[0].names}
        return f"{imported.get(node.value.id, node.value.id)}.{node.attr}"
    return module.qualified(node)


def is_no_policy(node: ast.expr | None) -> bool:
    """Tell whether what a policy is set to is None, or nothing at all."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def mapping_of_factories(factories: Sequence[LoopFactory], indented: int) -> str:
    """Return the source text of what the hook returns.

    Raises:
        NotFixableError: If two have the same name.
    """
    if not factories or len({each.name for each in factories}) < len(factories):
        raise NotFixableError
    items = [f'"{each.name}": {each.code}' for each in factories]
    line = "{" + ", ".join(items) + "}"
    if indented + len(f"return {line}") <= _LINE_WIDTH:
        return line
    return "\n".join(["{", *(f"    {item}," for item in items), "}"])


def has_factories_hook(module: Module) -> bool:
    """Tell whether a module has the hook already."""
    return FACTORIES_HOOK in module.names.module.bound


def is_found_below(
    module: Module, pattern: re.Pattern[bytes], besides: Module | None
) -> bool:
    """Tell whether a file matches that a conftest.py counts for."""
    for path in find_files([module.path.parent]):
        if besides and path.absolute() == besides.path.absolute():
            continue
        if pattern.search(_bytes_of(path)):
            return True
    return False


def _bytes_of(path: Path) -> bytes:
    try:
        return read_file(path)
    except UnusableFileError:
        return b""
