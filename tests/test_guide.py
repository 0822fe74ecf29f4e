"""What the guide shows works, what it quotes is printed, and nothing is left out."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import copier
import pytest
from jinja2 import Environment

from guide_errors import ERRORS, ErrorCase
from markdown_blocks import Block, blocks, headings, links, prose
from rendered_suite import run_tests
from workbench import ROOT, changed, git, tree

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE = ROOT / "template" / "{{ asyncio_tests_dir }}"
HELPERS = TEMPLATE / "{{ asyncio_helpers_name }}"
# The guide of a new repository, since its template has lines that vanish.
_DIRECTORY = tempfile.TemporaryDirectory()
GUIDE = Path(_DIRECTORY.name) / "ASYNC_TESTING.md"
GUIDE.write_text(
    Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 (Markdown)
    .from_string((TEMPLATE / GUIDE.name).read_text(encoding="utf-8"))
    .render(
        asyncio_repository="new",
        asyncio_tests_dir="tests",
        asyncio_helpers="utils",
        asyncio_helpers_name="utils",
        asyncio_helpers_package="tests.utils",
        _copier_conf={"answers_file": ".copier-answers.yml"},
    ),
    encoding="utf-8",
)
TEXT = GUIDE.read_text(encoding="utf-8")

# What the shell blocks have in them, each tried by a test below.
FIX, UPDATE, LEAVE = "fix_pytest_asyncio_imports.py --check", "copier update", "git rm"
MIGRATE = "fix_pytest_asyncio_imports.py --fix"

CASES = [error for error in ERRORS if error.concerns_this_python]
each_case = pytest.mark.parametrize(
    "case", CASES, ids=[case.message.replace(" ", "-") for case in CASES]
)


def each_block(language: str) -> pytest.MarkDecorator:
    """Run a test for each of the guide's blocks in a language, but not for old code."""
    found = [
        block
        for block in blocks(GUIDE)
        if block.language == language and "old" not in block.directives
    ]
    lines = [f"line-{block.line}" for block in found]
    return pytest.mark.parametrize("block", found, ids=lines)


def rendered(block: Block, project: Path) -> Block:
    """Return a block as a project's guide has it."""
    guide = project / "tests" / GUIDE.name
    return next(found for found in blocks(guide) if found.line == block.line)


def is_printed(quoted: str, text: str) -> bool:
    """Whether a line is part of a text; `...` in it stands for anything."""
    return bool(re.search(".*".join(map(re.escape, quoted.split("..."))), text))


def run_shell(block: Block, project: Path) -> str:
    """Run a shell block as a user does, with this run's Python and Copier at hand."""
    programs = Path(sys.executable).parent
    finished = subprocess.run(
        ["sh", "-eu", "-c", block.text],
        cwd=project,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = finished.stdout + finished.stderr
    assert finished.returncode == 0, printed
    return printed


def command(part: str) -> Block:
    """Return the one shell block that has this in it."""
    (found,) = [
        block
        for block in blocks(GUIDE)
        if block.language == "sh" and part in block.text
    ]
    return found


def commit(project: Path) -> None:
    """Put all of a project under version control."""
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "All")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where a run's JUnit report goes."""
    return tmp_path / "report.xml"


@pytest.fixture
def bare(without_samples: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A rendered project without the samples, so that only what a test adds runs."""
    return without_samples(tmp_path / "project")


# The blocks


@each_block("python")
def test_a_python_block_does_what_the_text_says(
    bare: Path, report: Path, block: Block
) -> None:
    """Readers paste a block into a file and run that."""
    block = rendered(block, bare)
    (bare / "tests" / "test_pasted.py").write_text(block.text, encoding="utf-8")

    run = run_tests(bare, report, "-W", "error")

    if "fails" in block.directives:
        assert run.outcomes["failure"] == 1
        assert block.output
        for line in block.output.splitlines():
            assert is_printed(line, run.printed), run.printed
    else:
        run.assert_all_passed()


@pytest.mark.parametrize("loop_scope", ["module", "session"])
def test_python_blocks_suit_every_loop_scope(
    render: Callable[..., Path], tmp_path: Path, report: Path, loop_scope: str
) -> None:
    """The guide is the same whatever was answered, so its code may not rely on it."""
    project = tmp_path / "project"
    shutil.copytree(render(asyncio_loop_scope=loop_scope), project)
    pasted = project / "tests" / "pasted"
    pasted.mkdir()
    for block in blocks(project / "tests" / GUIDE.name):
        if block.language == "python" and not block.directives:
            path = pasted / f"test_line_{block.line}.py"
            path.write_text(block.text, encoding="utf-8")

    run_tests(project, report, "-W", "error", pasted).assert_all_passed()


@each_block("ini")
def test_settings_that_are_shown_are_accepted_and_the_samples_pass(
    project: Path, report: Path, block: Block
) -> None:
    """Copying them into pytest.ini is all that there is to do."""
    shown, configured = configparser.ConfigParser(), configparser.ConfigParser()
    shown.read_string(block.text)
    configured.read(project / "pytest.ini")
    for name, value in shown["pytest"].items():
        assert configured["pytest"][name] != value
    configured.read_string(block.text)
    with (project / "pytest.ini").open("w", encoding="utf-8") as file:
        configured.write(file)

    run_tests(project, report, "-W", "error").assert_all_passed()


def test_the_fixer_has_nothing_to_do_in_a_rendered_project(project: Path) -> None:
    """So that its exit status says something about the user's tests."""
    run_shell(rendered(command(FIX), project), project)


def test_the_fixer_makes_the_new_block_of_the_old_one(bare: Path) -> None:
    """Whoever migrates sees beforehand what will become of a suite."""
    found = blocks(GUIDE)
    (index,) = [n for n, block in enumerate(found) if "old" in block.directives]
    old, new = (
        found[index],
        next(block for block in found[index + 1 :] if block.language == "python"),
    )
    pasted = bare / "tests" / "test_pasted.py"
    pasted.write_text(old.text, encoding="utf-8")

    run_shell(rendered(command(MIGRATE), bare), bare)

    assert pasted.read_text(encoding="utf-8") == new.text


def test_every_block_is_run() -> None:
    """A block in another language would need a test of its own here."""
    found = blocks(GUIDE)
    outputs = [block.text for block in found if block.language == "text"]

    assert {block.language for block in found} == {
        *("python", "ini", "sh", "diff", "text")
    }
    assert sum(block.language == "sh" for block in found) == len(
        (FIX, MIGRATE, UPDATE, LEAVE)
    )
    assert outputs == [block.output for block in found if "fails" in block.directives]


# Troubleshooting


def test_every_message_has_its_case_and_every_case_its_message() -> None:
    """Quoted from memory, a message is not found by those who search for it."""
    quoted = [code for heading in headings(GUIDE) for code in heading.code]

    assert sorted(quoted) == sorted(error.message for error in ERRORS)


@each_case
def test_a_message_is_printed_as_it_is_quoted(
    bare: Path, report: Path, case: ErrorCase
) -> None:
    """Readers search the page for what they see."""
    if case.without_settings:
        (bare / "pytest.ini").unlink()
        (bare / "conftest.py").unlink()
    _write_test(bare, case.caused_by)
    for name, text in case.files:
        (bare / name).write_text(textwrap.dedent(text), encoding="utf-8")
    net = ("-o", "asyncio_checks=all: off") if case.without_net else ()

    run = run_tests(bare, report, *net, *case.arguments)

    assert is_printed(case.message, run.printed), run.printed


def test_the_remedies_cure(bare: Path, report: Path) -> None:
    """What made pytest print a message passes once the advice is followed."""
    for number, case in enumerate(CASES):
        _write_test(bare, case.cured, name=f"test_case_{number}")

    run = run_tests(bare, report, "-W", "error")

    run.assert_all_passed()
    assert run.outcomes["passed"] >= len(CASES)


def _write_test(project: Path, text: str, name: str = "test_case") -> None:
    test = project / "tests" / f"{name}.py"
    test.write_text(textwrap.dedent(text), encoding="utf-8")


# Updating and leaving


def test_an_update_as_described_brings_what_is_new_and_keeps_what_is_yours(
    template: Path, tmp_path: Path
) -> None:
    """The guide promises both."""
    sample = "tests/asyncio_examples/test_waiting.py"
    new = '"""New."""\n\n\ndef test_new():\n    assert True\n'
    newer = changed(template, tmp_path / "newer", {sample: new})
    project = tmp_path / "project"
    copier.run_copy(
        *(str(newer), project),
        vcs_ref="v99.0.0",
        defaults=True,
        unsafe=True,
        skip_tasks=True,
        quiet=True,
    )
    with (project / "conftest.py").open("a", encoding="utf-8") as file:
        file.write("\nANSWER = 42\n")
    commit(project)

    run_shell(rendered(command(UPDATE), project), project)

    assert (project / sample).read_text(encoding="utf-8") == new
    assert "ANSWER = 42" in (project / "conftest.py").read_text(encoding="utf-8")


def test_leaving_as_described_leaves_tests_that_pass_and_nothing_of_ours(
    project: Path, report: Path
) -> None:
    """Whoever is afraid that they cannot leave does not come."""
    _write_test(
        project,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        async def test_answer(answer):
            assert answer == 42
        """,
    )
    commit(project)

    (lines,) = [block for block in blocks(GUIDE) if block.language == "diff"]
    _delete(rendered(lines, project), project)
    run_shell(rendered(command(LEAVE), project), project)

    run_tests(project, report, "-W", "error").assert_all_passed(number=1)
    assert tree(project) == [
        "conftest.py",
        "pytest.ini",
        "tests/__init__.py",
        "tests/requirements.txt",
        "tests/test_case.py",
        "tests/utils/__init__.py",
    ]
    for name in tree(project):
        text = (project / name).read_text(encoding="utf-8")
        assert not re.search("asyncio_support|asyncio_helpers|async_test_", text)


def _delete(lines: Block, project: Path) -> None:
    """Delete what a diff block of `--- file` and `-line` lines says."""
    path = project
    for line in lines.text.splitlines():
        if line.startswith("--- "):
            path = project / line.removeprefix("--- ")
            continue
        kept = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept.remove(line.removeprefix("-") + "\n")
        path.write_text("".join(kept), encoding="utf-8")


# What it covers


def test_every_public_helper_is_explained() -> None:
    """A helper that the guide does not name is not found."""
    module = ast.parse((HELPERS / "asyncio_helpers.py").read_text("utf-8"))
    (exported,) = [
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node).startswith("__all__")
    ]

    assert exported
    for name in exported:
        assert f"`{name}`" in TEXT


def test_every_setting_is_explained() -> None:
    """The owner of pytest.ini learns what changing a line does."""
    settings = configparser.ConfigParser()
    settings.read(TEMPLATE.parent / "pytest.ini")

    for name in settings["pytest"]:
        assert f"\n| `{name}` |" in TEXT


def test_links_lead_somewhere() -> None:
    """Inside the project or on the page."""
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.title.lower()).replace(" ", "-")
        for heading in headings(GUIDE)
    }

    for link in links(GUIDE):
        path, _, anchor = link.partition("#")
        assert anchor in anchors if anchor else (TEMPLATE / path).is_file(), link


def test_it_is_read_in_ten_minutes() -> None:
    """At 250 words a minute; messages and rules are only looked up."""
    lines = prose(GUIDE)
    looked_up = slice(lines.index("## Troubleshooting"), lines.index("## Update"))
    del lines[looked_up]
    words = re.findall(r"\S*\w\S*", "\n".join(lines))

    assert len(words) <= 2500


def test_it_reads_well_with_any_answers(render: Callable[..., Path]) -> None:
    """No directive of the template's is left in it, and every path is the project's."""
    guide = render(asyncio_tests_dir="app/tests") / "app" / "tests" / GUIDE.name

    text = guide.read_text(encoding="utf-8")

    assert "{{" not in text
    assert not re.search(r"(?<!app[./])\btests(/|\.utils)", text)
