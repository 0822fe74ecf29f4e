"""The samples pass wherever they are put, and are what their readers should write."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeVar

import pytest

from markdown_blocks import links
from mutated_samples import EXAMPLES as PLACE
from mutated_samples import SAMPLES
from rendered_suite import run_tests
from workbench import tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXAMPLES = "tests/asyncio_examples"
LIBRARIES = sorted({path.rpartition("/")[0] for path in SAMPLES} - {""})
ALL = f"[{', '.join(name.removeprefix('with_') for name in LIBRARIES)}]"
# Plugins that tests of libraries are run with.
THEIRS = ("-p", "anyio", "-p", "hypothesispytest")
# What other modules of a library's examples share: no samples, but read as such.
BESIDE = sorted(
    path.relative_to(PLACE).as_posix()
    for path in PLACE.glob("with_*/*.py")
    if not path.name.startswith("test_")
)

# A plugin under which a library is not there.
HIDDEN = """
import sys


class Hidden:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "{name}":
            return None
        return self.finder.find_spec(name, path, target)


sys.meta_path[:] = map(Hidden, sys.meta_path)
"""

NodeT = TypeVar("NodeT", bound=ast.AST)

each_sample = pytest.mark.parametrize("sample", SAMPLES)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where a run's JUnit report goes."""
    return tmp_path / "report.xml"


@pytest.mark.parametrize(
    ("loop_scope", "mode"),
    [
        ("function", "auto"),
        ("session", "strict"),
        *(
            pytest.param(*each, marks=pytest.mark.release)  # what is between these
            for each in [
                *[("function", "strict"), ("module", "auto")],
                *[("module", "strict"), ("session", "auto")],
            ]
        ),
    ],
)
def test_samples_pass_with_every_loop_scope_and_mode(
    render: Callable[..., Path], report: Path, loop_scope: str, mode: str
) -> None:
    """A sample copied into a suite with other settings still works there."""
    project = render(asyncio_loop_scope=loop_scope, asyncio_examples=ALL)

    run = run_tests(
        project, report, *THEIRS, "-W", "error", "-o", f"asyncio_mode={mode}", EXAMPLES
    )

    run.assert_all_passed()
    assert run.outcomes["passed"] >= len(SAMPLES)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.release) for n in (2, 3))]
)
def test_samples_pass_in_any_order_and_in_parallel(
    render: Callable[..., Path], report: Path, seed: int
) -> None:
    """No sample relies on what another one did before it, or not at the same time."""
    run = run_tests(
        render(asyncio_examples=ALL),
        report,
        *(*THEIRS, "-W", "error", "-p", "randomly", f"--randomly-seed={seed}"),
        *("-p", "xdist", "-n", "2", EXAMPLES),
    )

    run.assert_all_passed()


@each_sample
def test_a_sample_passes_alone(
    render: Callable[..., Path], report: Path, sample: str
) -> None:
    """Whoever runs one file while reading it sees it pass."""
    project = render(asyncio_examples=ALL)

    run = run_tests(project, report, *THEIRS, "-W", "error", f"{EXAMPLES}/{sample}")

    run.assert_all_passed()


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_examples_of_a_library_pass_where_there_are_no_others(
    render: Callable[..., Path], report: Path, library: str
) -> None:
    """What one set relies on comes from no other one, and it leaves no files."""
    project = render(asyncio_examples=f"[{library.removeprefix('with_')}]")
    rendered = tree(project)

    run_tests(project, report, *THEIRS, "-W", "error", EXAMPLES).assert_all_passed()

    assert tree(project) == rendered


@pytest.mark.release
@pytest.mark.parametrize("place", [".", *LIBRARIES])
def test_samples_take_less_than_a_second(
    render: Callable[..., Path], report: Path, place: str
) -> None:
    """They run with the suite each time, so nobody should have a reason to drop them.

    They take a tenth of that. A machine that is busy may need a second try or third.
    """
    project = render(asyncio_examples="[]" if place == "." else ALL)
    words = (*THEIRS, f"{EXAMPLES}/{place}")

    assert any(run_tests(project, report, *words).seconds < 1 for _ in range(3))


def test_samples_pass_in_a_nested_directory_under_its_import_name(
    render: Callable[..., Path], report: Path
) -> None:
    """`from tests.utils` would be another package there, or none."""
    project = render(asyncio_tests_dir="app/tests", asyncio_examples=ALL)
    examples = project / "app" / "tests" / "asyncio_examples"

    run = run_tests(project, report, *THEIRS, "-W", "error", examples)
    run.assert_all_passed()

    for path in sorted(examples.parent.rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        assert "tests.utils" not in text.replace("app.tests.utils", ""), path


def test_an_async_test_without_any_mark_runs_in_auto_mode(
    suite: pytest.Pytester,
) -> None:
    """The samples carry marks for strict mode's sake; a user's test needs none."""
    test = suite.makepyfile(
        """
        import asyncio

        async def test_it():
            assert asyncio.get_running_loop().is_running()
        """
    )

    suite.runpytest_subprocess("-W", "error", test).assert_outcomes(passed=1)


@each_sample
def test_a_sample_is_rendered_as_it_stands(
    render: Callable[..., Path], sample: str
) -> None:
    """So what linters and type checkers say about the template holds for the result."""
    rendered = render(asyncio_examples=ALL) / EXAMPLES / sample

    assert rendered.read_text(encoding="utf-8") == "".join(
        line
        for line in source(sample).splitlines(keepends=True)
        if not line.startswith("# copier: ")
    )


@each_sample
def test_a_sample_says_in_one_line_what_each_part_is_for(sample: str) -> None:
    """The sentence is what a reader copies the sample for."""
    tree = ast.parse(source(sample))
    documented = [tree, *_nodes(tree, ast.ClassDef), *_tests(tree)]

    for node in documented:
        docstring = ast.get_docstring(node)
        assert docstring, ast.unparse(node)
        assert "\n" not in docstring


@pytest.mark.parametrize("path", [*SAMPLES, *BESIDE])
def test_a_sample_is_short(path: str) -> None:
    """One idea a file: what no longer fits on two screens is two."""
    assert len(source(path).splitlines()) <= 90


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_examples_of_a_library_say_which_loop_scopes_they_have_and_why(
    library: str,
) -> None:
    """It is the first decision that a reader has to make as well."""
    tree = ast.parse(source(f"{library}/__init__.py"))

    first, *rest = (ast.get_docstring(tree) or "").split("\n\n")
    assert "\n" not in first
    assert re.search(r"\bscopes?\b", " ".join(rest)), rest
    assert tree.body[1:] == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_examples_are_skipped_with_a_reason_where_their_library_is_missing(
    render: Callable[..., Path], report: Path, library: str, tmp_path: Path
) -> None:
    """Colleagues who have not installed it yet can run all other tests meanwhile."""
    name = library.removeprefix("with_")
    project = render(asyncio_examples=f"[{name}]")
    hidden = HIDDEN.format(name=name)
    (tmp_path / "hidden.py").write_text(hidden, encoding="utf-8")

    run = run_tests(
        project,
        report,
        *("-W", "error", "-rs", "-o", f"pythonpath=. {tmp_path}", "-p", "hidden"),
        EXAMPLES,
    )

    assert run.exit_code == 0, run.printed
    assert name in run.printed
    assert " is not installed: see the requirements of the tests" in run.printed
    assert run.outcomes["passed"] > 0


@each_sample
def test_a_sample_never_sleeps(sample: str) -> None:
    """A sleep is either too short or a waste of time, and samples are imitated."""
    tree = ast.parse(source(sample))

    called = {ast.unparse(call.func) for call in _nodes(tree, ast.Call)}

    # On virtual time the code under test may, and takes none.
    if "pytest.mark.virtual_clock" in called:
        called -= {"asyncio.sleep"}
    assert called.isdisjoint({"asyncio.sleep", "time.sleep"})
    assert "time" not in _imported(tree)


@each_sample
def test_a_sample_has_a_pattern_in_the_guide(
    sample: str, render: Callable[..., Path]
) -> None:
    """A sample that the guide does not point at is not found."""
    guide = render(asyncio_examples=ALL) / "tests" / "ASYNC_TESTING.md"

    assert f"asyncio_examples/{sample}" in links(guide)


def source(path: str) -> str:
    """Return a file of the samples, as it is in the template."""
    return (PLACE / path).read_text(encoding="utf-8")


def _tests(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *_nodes(tree, ast.FunctionDef),
        *_nodes(tree, ast.AsyncFunctionDef),
    ]
    return [function for function in functions if function.name.startswith("test_")]


def _nodes(tree: ast.Module, kind: type[NodeT]) -> list[NodeT]:
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def _imported(tree: ast.Module) -> set[str | None]:
    """Return the modules that names are imported from, and those imported whole."""
    whole = {name.name for node in _nodes(tree, ast.Import) for name in node.names}
    return {node.module for node in _nodes(tree, ast.ImportFrom)} | whole
