"""The samples pass wherever they are put, and are what their readers should write."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

import pytest

from markdown_blocks import links
from rendered_suite import run_tests
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEMPLATE = ROOT / "template" / "{{ asyncio_tests_dir }}"
GUIDE = TEMPLATE / "ASYNC_TESTING.md"
SAMPLES = sorted((TEMPLATE / "asyncio_examples").glob("test_*.py"))
EXAMPLES = "tests/asyncio_examples"

NodeT = TypeVar("NodeT", bound=ast.AST)

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)


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
    project = render(asyncio_loop_scope=loop_scope)

    run = run_tests(
        project, report, "-W", "error", "-o", f"asyncio_mode={mode}", EXAMPLES
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
        render(),
        report,
        *("-W", "error", "-p", "randomly", f"--randomly-seed={seed}"),
        *("-p", "xdist", "-n", "2", EXAMPLES),
    )

    run.assert_all_passed()


@each_sample
def test_a_sample_passes_alone(
    render: Callable[..., Path], report: Path, sample: Path
) -> None:
    """Whoever runs one file while reading it sees it pass."""
    run = run_tests(render(), report, "-W", "error", f"{EXAMPLES}/{sample.name}")

    run.assert_all_passed()


@pytest.mark.release
def test_samples_take_less_than_a_second(
    render: Callable[..., Path], report: Path
) -> None:
    """They run with the suite each time, so nobody should have a reason to drop them.

    They take a tenth of that. A machine that is busy may need a second try or third.
    """
    project = render()

    assert any(run_tests(project, report, EXAMPLES).seconds < 1 for _ in range(3))


def test_samples_pass_in_a_nested_directory_under_its_import_name(
    render: Callable[..., Path], report: Path
) -> None:
    """`from tests.utils` would be another package there, or none."""
    project = render(asyncio_tests_dir="app/tests")
    examples = project / "app" / "tests" / "asyncio_examples"

    run_tests(project, report, "-W", "error", examples).assert_all_passed()

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
    render: Callable[..., Path], sample: Path
) -> None:
    """So what linters and type checkers say about the template holds for the result."""
    rendered = render() / EXAMPLES / sample.name

    assert rendered.read_text(encoding="utf-8") == "".join(
        line
        for line in sample.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("# copier: ")
    )


@each_sample
def test_a_sample_says_in_one_line_what_each_part_is_for(sample: Path) -> None:
    """The sentence is what a reader copies the sample for."""
    tree = ast.parse(sample.read_text(encoding="utf-8"))
    documented = [tree, *_nodes(tree, ast.ClassDef), *_tests(tree)]

    for node in documented:
        docstring = ast.get_docstring(node)
        assert docstring, ast.unparse(node)
        assert "\n" not in docstring


@each_sample
def test_a_sample_is_short(sample: Path) -> None:
    """One idea a file: what no longer fits on two screens is two."""
    assert len(sample.read_text(encoding="utf-8").splitlines()) <= 90


@each_sample
def test_a_sample_never_sleeps(sample: Path) -> None:
    """A sleep is either too short or a waste of time, and samples are imitated."""
    tree = ast.parse(sample.read_text(encoding="utf-8"))

    called = {ast.unparse(call.func) for call in _nodes(tree, ast.Call)}

    # On virtual time the code under test may, and takes none.
    if "pytest.mark.virtual_clock" in called:
        called -= {"asyncio.sleep"}
    assert called.isdisjoint({"asyncio.sleep", "time.sleep"})
    assert "time" not in _imported(tree)


@each_sample
def test_a_sample_has_a_pattern_in_the_guide(sample: Path) -> None:
    """A sample that the guide does not point at is not found."""
    assert f"asyncio_examples/{sample.name}" in links(GUIDE)


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
