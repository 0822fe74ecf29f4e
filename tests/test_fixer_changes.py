"""Changes of a module: what they make of texts that are laid out oddly."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import pytest

from fix_pytest_asyncio import changes, checking, function_changes
from fix_pytest_asyncio.source import Module
from fixer_script import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_pytest_asyncio.changes import Change

    Make = Callable[[Any], Change]


def changed(text: str, make: Make) -> str | None:
    """Return a text after a change; None if it is left to people.

    Args:
        text: The module's.
        make: Makes the change; it is given the body of the module's tree, of which
            nobody wants to prove each node's type.
    """
    module = Module(NOWHERE, text.encode())
    body: Any = module.tree.body
    after = checking.operated(module, [make(body)])
    return after.text if after else None


def second(body: Any) -> Change:
    """Delete the second statement."""
    return changes.Delete(body[1])


def in_block(body: Any) -> Change:
    """Delete the first statement of the block of the first."""
    return changes.Delete(body[0].body[0])


def keyword_added(body: Any) -> Change:
    """Give the call that the first statement is one more argument."""
    return changes.AddKeyword(body[0].value, "b", "2")


def parameter_deleted(body: Any) -> Change:
    """Take away the first parameter of the first function."""
    return function_changes.DeleteParameter(body[0], body[0].args.args[0])


def argument_awaited(body: Any) -> Change:
    """Await the argument of a call that is all of a function."""
    return function_changes.AwaitArgument(body[0].body[0].value)


def name_imported(body: Any) -> Change:
    """Import `Mock` from where the first statement imports others."""
    return changes.ImportNames(body[0], ["Mock"])


CHANGED: dict[str, tuple[Make, str, str]] = {
    "a statement before another one goes": (second, "a; b; c\n", "a; c\n"),
    "a statement behind another one goes": (second, "a; b\nc\n", "a\nc\n"),
    "the last statement of all goes": (second, "a; b\n", "a\n"),
    "the first of a block goes": (in_block, "if a: b; c\n", "if a: c\n"),
    "an item with a comma of its own goes": (
        lambda body: changes.DeleteItem(body[0].value.elts[0], body[0].value.elts),
        "x = [a,]\n",
        "x = []\n",
    ),
    "an argument behind a comma": (keyword_added, "f(a,)\n", "f(a, b=2)\n"),
    "an import of one more name": (
        name_imported,
        "from mock import Any, patch as p\n",
        "from mock import Any, Mock, patch as p\n",
    ),
    "an import of a last name": (
        name_imported,
        "from mock import ANY\n",
        "from mock import ANY, Mock\n",
    ),
    "a parameter before a comment": (
        parameter_deleted,
        "def f(a  # why\n): ...\n",
        "def f(  # why\n): ...\n",
    ),
    "an argument with a line farther left": (
        argument_awaited,
        "async def f():\n    run(\n        g(\n  1,\n            2)\n    )\n",
        "async def f():\n    await g(\n  1,\n        2)\n",
    ),
}
LEFT: dict[str, tuple[Make, str]] = {
    "two statements for one that shares its line": (
        lambda body: changes.ReplaceStatement(body[1], "c", "d"),
        "a; b\n",
    ),
    "a statement before one that shares its line": (
        lambda body: changes.Insert(body[1], "c"),
        "a; b\n",
    ),
    "a decorator in parentheses": (
        lambda body: changes.DeleteDecorator(body[0].decorator_list[0]),
        "@(a)\ndef f(): ...\n",
    ),
    "a name on a line of its own": (
        lambda body: changes.RenameDefinition(body[0], "g"),
        "def \\\n    f(): ...\n",
    ),
    "a comment in front of the colon": (
        lambda body: changes.ReplaceSignature(body[0], "g(b)"),
        "def f(a,  # why\n    ): ...\n",
    ),
    "a word in parentheses": (
        lambda body: changes.ReplaceWord(
            body[0].value, re.compile(r"yield\s+from"), "await", ast.Await
        ),
        "x = (a)\n",
    ),
    "a function that is but a docstring": (
        lambda body: function_changes.BeginWith(body[0], "a"),
        'def f():\n    """Docstring."""\n',
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_goes_with_the_layout(name: str) -> None:
    """The rest of the text stays as it is."""
    make, before, after = CHANGED[name]

    assert changed(before, make) == after


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_placed_is_left(name: str) -> None:
    """Rather than to guess what the text around it means."""
    make, text = LEFT[name]

    assert changed(text, make) is None
