"""The checker and fixer on random modules: what holds for all of them.

`FIXER_PROGRAMS=20000` tries as many, others each time.
"""

from __future__ import annotations

import ast
import io
import os
import re
import time
import tokenize
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from fix_pytest_asyncio import checking
from fix_pytest_asyncio.all_rules import RULES
from fix_pytest_asyncio.configuration import Configuration
from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.source import Module
from fix_pytest_asyncio.syntax import DEFINITIONS, FUNCTIONS
from fixer_programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fix_pytest_asyncio.rule import Finding, Rule, Setting
    from fixer_programs import Program

_WANTED = os.environ.get("FIXER_PROGRAMS", "")
# A busy machine is no reason to fail, and nothing is to be left in the directory.
THOROUGH = settings(
    deadline=None,
    database=None,
    derandomize=not _WANTED,
    max_examples=int(_WANTED or 150),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)
SELECTIONS = st.one_of(
    st.just(RULES),
    st.sets(st.sampled_from(RULES), min_size=1, max_size=4).map(tuple),
)
NOWHERE = Path("/nonexistent")
IMPORTS = (ast.Import, ast.ImportFrom)


class Told(Project):
    """A project that has its settings by word of mouth."""

    def __init__(self, mode: str, told: Sequence[Setting] = ()) -> None:
        """Say the mode of pytest-asyncio, and what fixes have set since."""
        super().__init__()
        values = {setting.name: setting.value for setting in told}
        self._told = Configuration(None, (), {"asyncio_mode": mode, **values})

    def configuration(self, path: Path) -> Configuration:
        """Return the same for every file."""
        del path
        return self._told


@THOROUGH
@given(PROGRAMS, SELECTIONS, st.booleans())
def test_fixes_of_random_modules(
    program: Program,
    rules: Sequence[Rule],
    unsafe: bool,  # noqa: FBT001 - Hypothesis calls it
) -> None:
    """They leave Python, do no more when applied again, and touch nothing else."""
    refuse_what_does_not_compile(program.text)
    before = Module(NOWHERE / program.name, program.raw)

    def is_wanted(finding: Finding) -> bool:
        return bool(finding.fix and (finding.fix.is_safe or unsafe))

    found = checking.check(before, rules, Told(program.mode))
    repair = checking.fix(before, rules, Told(program.mode), is_wanted)
    project = Told(program.mode, repair.settings)
    again = checking.fix(repair.module, rules, project, is_wanted)

    after = repair.module
    if not repair.applied:
        assert after.raw == before.raw
    assert bool(found) >= bool(repair.applied)
    assert (again.module.text, again.applied) == (after.text, ())
    assert compiles(after.text)
    assert line_ends(after) <= (line_ends(before) or {"\n"})
    assert list(changed_text_of_unchanged_code(before, after)) == []
    assert list(lost_comments(before, after)) == []


REPEATED = [
    *["\n", " \n", "@pytest.mark.asyncio\n", "@pytest.mark.asyncio(\n", "# comment\n"],
    *["asyncio.", "    def f(a,\n", "async def f(\n", "pytestmark = [\n", " ", "a"],
    *["class T(unittest.TestCase):\n", "@pytest_asyncio.fixture(scope=", "    yield\n"],
]


@pytest.mark.parametrize("text", REPEATED)
def test_no_text_takes_long_to_rule_out(text: str) -> None:
    """A pattern that tries all ways to divide a run of lines would not end."""
    words = "import asyncio, pytest, pytest_asyncio, unittest  # mark event_loop\n"
    raw = f"{words}@pytest.fixture\n{text * 300}".encode()
    begin = time.process_time()

    for rule in RULES:
        rule.may_find(raw, Told("strict"), NOWHERE / "test_it.py")

    assert time.process_time() - begin < 5


def refuse_what_does_not_compile(text: str) -> None:
    """Try another module; the generator knows little of Python."""
    if not compiles(text):
        reject()


def compiles(text: str) -> bool:
    """Whether a text is a module that can be loaded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = re.sub("\r\n?", "\n", text)
            compile(source, "generated", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def line_ends(module: Module) -> set[str]:
    """The line ends that a module has."""
    return set(re.findall("\r\n?|\n", module.text))


def statements(module: Module) -> Iterator[ast.stmt]:
    """Yield all statements of a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.stmt))


def text_of(module: Module, node: ast.stmt) -> str:
    """The text of a statement with its decorators."""
    start, end = module.span_with_decorators(node)
    return module.text[start:end]


def changed_text_of_unchanged_code(before: Module, after: Module) -> Iterator[str]:
    """Yield the text of statements that are the same code as before in other text."""
    texts: dict[str, set[str]] = {}
    for node in statements(before):
        texts.setdefault(ast.dump(node), set()).add(text_of(before, node))
    for node in statements(after):
        known = texts.get(ast.dump(node))
        if known and text_of(after, node) not in known:
            yield text_of(after, node)


def comments(module: Module) -> dict[str, int]:
    """The comments of a module with numbers of their own, and the lines they are in."""
    source = io.StringIO(re.sub("\r\n?", "\n", module.text))
    return {
        token.string: token.start[0]
        for token in tokenize.generate_tokens(source.readline)
        if token.type == tokenize.COMMENT and "# comment" in token.string
    }


def lost_comments(before: Module, after: Module) -> Iterator[str]:
    """Yield comments that are gone though what they are about is there."""
    kept = comments(after)
    old, new = (Counter(map(ast.dump, statements(each))) for each in (before, after))
    whole = list(lines_with_nothing_deleted(before, after))
    for comment, line in comments(before).items():
        about = statement_at(before, line)
        code = ast.dump(about) if about else ""
        is_there = 0 < old[code] <= new[code]
        if isinstance(about, IMPORTS) and not is_there:
            continue
        if comment not in kept and (is_there or any(line in each for each in whole)):
            yield comment


def lines_with_nothing_deleted(before: Module, after: Module) -> Iterator[range]:
    """Yield where there are as many items as before, of every kind."""
    old, new = top_level(before), top_level(after)
    if item_counts(old) <= item_counts(new):
        yield from (range(node.lineno, end_of(node) + 1) for node in old.body)
    functions_then = functions(after)
    for name, node in functions(before).items():
        then = functions_then.get(name)
        if then and item_counts(node) <= item_counts(then):
            yield range(node.lineno, end_of(node) + 1)


def top_level(module: Module) -> ast.Module:
    """A module without its definitions."""
    body = [node for node in module.tree.body if not isinstance(node, DEFINITIONS)]
    return ast.Module(body, [])


def functions(module: Module) -> dict[str, ast.stmt]:
    """The functions of a module whose names are their own."""
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS)]
    names = Counter(node.name for node in nodes)
    return {node.name: node for node in nodes if names[node.name] == 1}


def item_counts(node: ast.AST) -> Counter[str]:
    """How many items the lists below a node have: statements, arguments, ..."""
    return Counter(
        name
        for each in ast.walk(node)
        if not isinstance(each, IMPORTS)
        for name, value in ast.iter_fields(each)
        if isinstance(value, list)
        for item in cast("list[object]", value)
        if not isinstance(item, IMPORTS)
    )


def statement_at(module: Module, line: int) -> ast.stmt | None:
    """The innermost statement that a line is in, or else the one below it."""
    inside = [
        node for node in statements(module) if node.lineno <= line <= end_of(node)
    ]
    if inside and not module.lines[line - 1].lstrip().startswith("#"):
        return max(inside, key=lambda node: (node.lineno, node.col_offset))
    below = [node for node in statements(module) if node.lineno > line]
    return min(below, key=lambda node: (node.lineno, node.col_offset), default=None)


def end_of(node: ast.stmt) -> int:
    """The last line of a statement."""
    return node.end_lineno or 0
