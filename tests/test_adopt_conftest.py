"""The marked block in a conftest.py that is the user's."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adopt.conftest_block import BEGIN, END, Place, names_in, plan_block
from adopt.plan import Draft
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACE = Place("tests.utils", None, "tests/ASYNC_TESTING.md")
BLOCK = """\
# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
"""


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., Draft]:
    """Return a function that plans the block for a conftest.py with this content."""

    def plan(content: bytes | str | None, place: Place = PLACE) -> Draft:
        if isinstance(content, str):
            content = content.encode()
        if content is not None:
            (tmp_path / "conftest.py").write_bytes(content)
        draft = Draft(tmp_path)
        plan_block(draft, place)
        return draft

    return plan


@pytest.mark.parametrize(
    ("before", "gap"),
    [
        ("def f():\n    pass\n", "\n\n"),
        ("def f():\n    pass", "\n\n\n"),
        ("def f():\n    pass\n\n", "\n"),
        ("def f():\n    pass\n\n\n", ""),
        ("def f():\n    pass\n\n\n\n\n", ""),
        ('pytest_plugins = "a.plugin"\n', "\n\n"),
        ('pytest_plugins = ("a.plugin", "b")\n', "\n\n"),
        ("def pytest_addoption(parser): ...\n", "\n\n"),
        ("x = 1  # \u00fc\n", "\n\n"),
        ("\ufeffx = 1\n", "\n\n"),
        ("x = 1\n# Last words.\n", "\n\n"),
        ("if True:\n\tx = 1\n", "\n\n"),
    ],
)
def test_the_block_comes_last_and_everything_else_stays(
    before: str, gap: str, plan: Callable[..., Draft]
) -> None:
    """Byte for byte, with two blank lines between, as formatters want them."""
    draft = plan(before)

    assert draft.written == {"conftest.py": f"{before}{gap}{BLOCK}".encode()}
    assert [change.path for change in draft.changes] == ["conftest.py"]


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_an_empty_file_gets_the_block_alone(
    before: str, plan: Callable[..., Draft]
) -> None:
    """With nothing above the import, linters find nothing late in it."""
    written = plan(before).written["conftest.py"].decode()

    assert written.startswith(before)
    assert "# noqa: F401\n" in written
    ast.parse(written.encode())


def test_line_ends_are_those_of_the_file(plan: Callable[..., Draft]) -> None:
    """Also where the last line has none."""
    written = plan("x = 1\r\ny = 2").written["conftest.py"]

    assert written == f"x = 1\ny = 2\n\n\n{BLOCK}".replace("\n", "\r\n").encode()


def test_any_encoding_that_python_reads_is_kept(plan: Callable[..., Draft]) -> None:
    """The block is ASCII, which all of them have in common."""
    before = "# coding: latin-1\nname = 'Bj\xf6rn'\n".encode("latin-1")

    written = plan(before).written["conftest.py"]

    assert written == before + b"\n\n" + BLOCK.encode()


def test_below_imports_alone_the_block_is_sorted_apart(
    plan: Callable[..., Draft],
) -> None:
    """Otherwise a formatter would move the import out from between the marks."""
    written = plan("import os\n").written["conftest.py"].decode()

    assert f"{BEGIN}: kept by" in written
    assert "\n# isort: split\nfrom tests" in written
    assert "# noqa: F401\n" in written


def test_a_missing_file_is_made(plan: Callable[..., Draft]) -> None:
    """With what a reader wants to know, and the block."""
    draft = plan(None)

    written = draft.written["conftest.py"].decode()
    assert written.startswith('"""Fixtures and plugins of the whole test suite."""\n\n')
    assert written.count(BEGIN) == written.count(END) == 1


def test_the_path_is_added_where_pytest_does_not(plan: Callable[..., Draft]) -> None:
    """At its end, where it comes before nothing that is there."""
    place = Place("asyncio_testing", "tests", "tests/ASYNC_TESTING.md")

    written = plan("x = 1\n", place).written["conftest.py"].decode()

    added = '\n_sys.path.append(str(_pathlib.Path(__file__).parent / "tests"))\n'
    assert added in written
    assert written.index(added) < written.index("from asyncio_testing.")


def test_a_block_that_is_there_is_left_alone(plan: Callable[..., Draft]) -> None:
    """Wherever its owner has moved it to, and however it was formatted."""
    moved = BLOCK.replace("(  # noqa: E402, F401\n    ", "").replace(",\n)", "")
    assert "import pytest_asyncio_support\n" in moved

    for text in (f"x = 1\n\n\n{BLOCK}", f"{BLOCK}x = 1\n", f"{moved}x = 1\n"):
        draft = plan(text)
        assert draft.written == {}
        assert draft.by_hand == []


def test_an_older_block_is_brought_up_to_date_where_it_is(
    plan: Callable[..., Draft],
) -> None:
    """The marks tell it from what is the user's."""
    older = BLOCK.replace("tests.utils.", "tests.elsewhere.")

    draft = plan(f"x = 1\n{older}y = 2\n")

    assert draft.written["conftest.py"].decode() == f"x = 1\n{BLOCK}y = 2\n"


def test_a_file_that_registers_the_plugin_itself_is_left_alone(
    plan: Callable[..., Draft],
) -> None:
    """Such as one that the template rendered when the repository was new."""
    draft = plan('pytest_plugins = ["tests.utils.asyncio_support.plugin"]\n')

    assert draft.written == {}
    assert [kept.path for kept in draft.kept] == ["conftest.py"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"def f(:\n", "cannot be parsed by Python 3"),
        (b"x = 'no end\n", "cannot be parsed by Python 3"),
        (b"x = 1\0\n", "cannot be parsed by Python 3"),
        (b"x = '\xff'\n", "cannot be parsed by Python 3"),
        (b"# coding: klingon\n", "cannot be parsed by Python 3"),
        (f"{BLOCK}x = 1\n{BLOCK}".encode(), "4 of the lines that mark"),
        (BLOCK.replace(END, "").encode(), "1 of the lines that mark"),
    ],
)
def test_what_cannot_be_added_to_safely_is_left_to_the_user(
    content: bytes, why: str, plan: Callable[..., Draft]
) -> None:
    """With the lines to add."""
    draft = plan(content)

    assert draft.written == {}
    (refused,) = draft.by_hand
    assert refused.path == "conftest.py"
    assert why in refused.why
    assert "    pytest_asyncio_support," in refused.lines


def test_a_file_that_must_not_be_written_is_left_to_the_user(
    plan: Callable[..., Draft], tmp_path: Path
) -> None:
    """Read-only, or a link that leads out of the repository."""
    conftest = tmp_path / "conftest.py"
    conftest.write_text("x = 1\n", encoding="utf-8")
    conftest.chmod(0o444)
    assert [each.why for each in plan(None).by_hand] == ["is read-only"]
    conftest.unlink()

    outside = tmp_path.parent / "outside.py"
    outside.write_text("x = 1\n", encoding="utf-8")
    conftest.symlink_to(outside)
    (refused,) = plan(None).by_hand
    assert refused.why == f"is a symbolic link out of the repository, to {outside}"


def test_names_that_may_be_of_fixtures_are_found() -> None:
    """Functions, what decorators call them, and what is imported; none if broken."""
    text = b"""
from factories import shop as store
@pytest.fixture
def one(): ...
@pytest.fixture(name="two", scope="session")
async def _make_two(): ...
"""

    assert names_in(text) == {"store", "one", "two"}
    assert names_in(b"def (") == set()


@pytest.mark.parametrize("length", [79, 88, 120])
@pytest.mark.parametrize(
    "before",
    [
        "import os\n",
        "x = 1\n",
        '"""Fixtures."""\n',
        "import os\n\n\ndef f():\n    ...\n",
    ],
)
def test_formatters_and_linters_leave_the_block_alone(
    length: int, before: str, plan: Callable[..., Draft], tmp_path: Path
) -> None:
    """With every rule of ruff that is about imports, unused names and comments."""
    draft = plan(before)
    conftest = tmp_path / "conftest.py"
    conftest.write_bytes(draft.written["conftest.py"])
    ruff = [sys.executable, "-m", "ruff"]
    alone = ["--isolated", f"--line-length={length}", "conftest.py"]
    rules = ["--select=E,F,I,RUF100,W", "--ignore=E501"]

    subprocess.run([*ruff, "check", *rules, "--fix", *alone], cwd=tmp_path, check=True)
    subprocess.run([*ruff, "format", *alone], cwd=tmp_path, check=True)

    after = conftest.read_text(encoding="utf-8")
    block = re.search(rf"(?ms)^{BEGIN}.*?^{END}\n", after)
    assert block
    assert block[0] in draft.written["conftest.py"].decode()
    assert plan(after).written == {}


SAMPLES = [
    path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("tests/*.py"), *ROOT.glob("hooks/*/*.py")]
]


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """Make a module of real statements, with all that may vary around them."""
    text = draw(st.sampled_from(SAMPLES))
    body = ast.parse(text).body
    lines = text.splitlines()
    chosen = draw(st.lists(st.sampled_from(body), max_size=6))
    parts = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in chosen
        if not getattr(node, "decorator_list", None)
    ]
    comments = draw(st.lists(st.sampled_from(["", "# A remark.", "    ", "# \u00fc"])))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    end = draw(st.sampled_from(["", "\n", "\n\n", "\n\n\n\n", "\n# End", "\n\f\n"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    joined = "\n".join([*comments, *parts]) + end
    return (bom + joined.replace("\n", newline)).encode()


@given(content=modules())
@settings(max_examples=150, deadline=None)
def test_any_module_keeps_its_bytes_and_its_meaning(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And a second run plans nothing."""
    try:
        before = ast.parse(content)
    except SyntaxError:  # a `from __future__` import that is not the first any more
        return
    place = tmp_path_factory.mktemp("repository")
    conftest = place / "conftest.py"
    conftest.write_bytes(content)
    draft = Draft(place)

    plan_block(draft, PLACE)

    written = draft.written["conftest.py"]
    assert written.startswith(content)
    after = ast.parse(written)
    assert [ast.dump(node) for node in after.body[: len(before.body)]] == [
        ast.dump(node) for node in before.body
    ]
    assert len(after.body) == len(before.body) + 1
    conftest.write_bytes(written)
    again = Draft(place)
    plan_block(again, PLACE)
    assert again.written == {}
