"""The import fixer on generated modules: what holds for all of them."""

from __future__ import annotations

import ast
import dis
import re
import textwrap
import types
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixer_script import find, fix

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is no reason to fail, and nothing is to be left in the directory.
UNHURRIED = settings(deadline=None, database=None)

NAMES = st.sampled_from(["pytest_asyncio", "other"])
HEADS = st.lists(
    st.sampled_from(
        [
            *["import os", "import os; import sys", "import pytest", "import zmq"],
            *["from app import x", "from . import y", "from httpx import (\n    z,\n)"],
            *["# a comment", "# Third party", "", "\f", "import a, \\\n    b", "X = 1"],
            *["X = '''\n\n# no comment\n'''", "if X:\n    import attr", "'text'"],
        ]
    ),
    max_size=8,
)
OPENINGS = st.sampled_from(
    ["", "#!python\n", "# coding: utf-8\n", '"""Doc."""\n', "'a'; 'b'\n", "\n\n"]
)
FUTURES = st.sampled_from(
    [
        "",
        "from __future__ import annotations\n",
        "from __future__ import division; import attr\n",
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@UNHURRIED
@given(OPENINGS, FUTURES, HEADS, ENDS)
@example("'a'; 'b'\n", "", [], "\n")
def test_nothing_but_the_import_changes(
    opening: str, future: str, head: list[str], end: str
) -> None:
    """Wherever it goes: the text around it is the same, and so is the program."""
    use = "fixture = pytest_asyncio.fixture"
    source = opening + future + "".join(f"{line}\n" for line in head) + use
    source = source.replace("\n", end)
    line_ends = set(re.findall("\r\n?|\n", source)) or {"\n"}

    fixed = fix(source)

    cut = re.sub(r"(?:[\r\n]*)import pytest_asyncio(?:; |[\r\n]*)", "", fixed)
    assert re.sub(r"[\r\n]", "", cut) == re.sub(r"[\r\n]", "", source)
    assert is_one_piece_longer(source, fixed)
    assert set(re.findall("\r\n?|\n", fixed)) <= line_ends
    assert imported(fixed) == [*imported(source), "pytest_asyncio"]
    assert fix(fixed) == fixed


def is_one_piece_longer(short: str, long: str) -> bool:
    """Whether the longer text is the shorter one with one piece put in."""
    size = len(long) - len(short)
    return any(
        long[:start] + long[start + size :] == short for start in range(len(short) + 1)
    )


def imported(source: str) -> list[str]:
    """The module's own imports of modules, by name, ours last."""
    body = ast.parse(re.sub("\r\n?", "\n", source)).body
    names = [node.names[0].name for node in body if isinstance(node, ast.Import)]
    return sorted(names, key="pytest_asyncio".__eq__)


def block(head: str, name: str, body: list[str]) -> list[str]:
    """Put a body below the head of a compound statement that mentions a name."""
    return [head.format(name), textwrap.indent("\n".join(body), "    ")]


def blocks(body: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Statements that have a scope of their own, or a name, or other statements."""
    heads = st.sampled_from(
        [
            *["def f({}):", "async def f(a={}):", "def f(a: {}):", "class {}:"],
            *["class A({}):", "for {} in ():", "with x as {}:", "if {}:"],
            *["def {}(*a, **k):", "def f(*{}):", "@{}\ndef f():", "while ({} := 1):"],
            *["try: pass\nexcept X as {}:", "match x:\n  case {}: pass\nif x:"],
        ]
    )
    return st.builds(block, heads, NAMES, body)


SIMPLE = st.builds(
    str.format,
    st.sampled_from(
        [
            *["{}", "{} = 1", "import {}", "import {}.x", "import x as {}", "del {}"],
            *["[{0} for {0} in ()]", "[x for x in {}]", "[1 for x in () for y in {}]"],
            *["(lambda {0}: {0})", "(lambda: {})", "(lambda x={}: x)", "{}: int = 1"],
            *["x: {} = 1", "from x import {}", "{} += 1", "x = f'{{{}}}'", "pass"],
            *["{{1: {0} for {0} in ()}}", "(lambda: [{} for x in ()])"],
        ]
    ),
    NAMES,
)
LINES = st.recursive(
    st.lists(SIMPLE, min_size=1, max_size=3),
    lambda body: st.lists(
        st.one_of(st.lists(SIMPLE, min_size=1, max_size=2), blocks(body)),
        min_size=1,
        max_size=4,
    ).map(lambda groups: [line for group in groups for line in group]),
    max_leaves=12,
)


def reads_and_binds(code: types.CodeType) -> tuple[bool, bool]:
    """Whether compiled code reads, and whether it binds, the name as a global."""
    operations = {
        operation.opname
        for operation in dis.get_instructions(code)
        if operation.argval == "pytest_asyncio"
    }
    is_module = code.co_name == "<module>"
    local = "STORE_NAME" in operations or "DELETE_NAME" in operations
    reads = "LOAD_GLOBAL" in operations or (
        not operations.isdisjoint({"LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
        and (is_module or not local)
    )
    return reads, (is_module and local)


def all_code(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield compiled code with all the code inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from all_code(constant)


@UNHURRIED
@given(LINES)
def test_scopes_are_those_of_the_compiler(lines: list[str]) -> None:
    """On generated programs, the finding agrees with the bytecode."""
    source = "\n".join(lines)
    code = compile(source, "generated", "exec", dont_inherit=True, optimize=0)
    reads, binds = zip(*map(reads_and_binds, all_code(code)), strict=True)

    assert bool(find(source)) == (any(reads) and not any(binds))
