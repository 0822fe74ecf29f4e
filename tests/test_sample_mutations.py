"""Each test of the samples fails when what it claims to show is broken."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mutated_samples import EXAMPLES as PLACE
from mutated_samples import SAMPLES, mutations, names_of_tests, rounds
from report_recorder import RECORD_TO
from verify import suite
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXAMPLES = "tests/asyncio_examples"
WITHOUT = ("cacheprovider", "pytest_cov", "randomly", "xdist")
LIMIT = 200  # seconds for a round; it takes two to six
ROUNDS = rounds()

each_sample = pytest.mark.parametrize("sample", SAMPLES)


@each_sample
def test_each_test_of_a_sample_is_broken_by_some_mutation(sample: str) -> None:
    """A test that nothing breaks shows nothing, and is imitated all the same."""
    broken = {name for mutation in mutations(sample) for name in mutation.fails}

    assert broken == names_of_tests(sample)


@each_sample
def test_a_mutation_is_a_mistake_and_no_rewritten_test(sample: str) -> None:
    """What a test asserts stays as it is: else every test could be made to fail."""
    for mutation in mutations(sample):
        before = (PLACE / mutation.file).read_text(encoding="utf-8")
        after = mutation.broken(before)

        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
        assert assertions(after) == assertions(before), mutation.breaks


@pytest.mark.release
@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_what_a_mutation_breaks_fails(
    number: int, render: Callable[..., Path], tmp_path: Path
) -> None:
    """As many mutations at a time as there are samples that cannot meet."""
    project = shutil.copytree(all_examples(render), tmp_path / "project")
    dealt = ROUNDS[number]
    for mutation in dealt:
        mutation.apply(project / EXAMPLES)

    outcomes = run(project, tmp_path, [mutation.sample for mutation in dealt])

    passed = [
        f"{mutation.sample}::{name} passes though {mutation.breaks}"
        for mutation in dealt
        for name in mutation.fails
        if outcomes.get(f"{mutation.sample}::{name}", {"passed"}) <= {"passed"}
    ]
    assert passed == []


@pytest.mark.release
def test_without_a_mutation_all_samples_pass(
    render: Callable[..., Path], tmp_path: Path
) -> None:
    """Else what fails above would not fail by the mutation."""
    outcomes = run(all_examples(render), tmp_path, SAMPLES)

    assert set(outcomes) == {
        f"{sample}::{name}" for sample in SAMPLES for name in names_of_tests(sample)
    }
    assert {each for found in outcomes.values() for each in found} == {"passed"}


def all_examples(render: Callable[..., Path]) -> Path:
    """Return a project with the examples of all libraries."""
    names = [path.name.removeprefix("with_") for path in PLACE.glob("with_*/")]
    return render(asyncio_examples=f"[{', '.join(sorted(names))}]")


def run(project: Path, scratch: Path, samples: list[str]) -> dict[str, set[str]]:
    """Run samples, and return the outcomes of each phase of each test function."""
    record, environment = scratch / "record", suite.environment(str(scratch))
    finished = subprocess.run(
        [
            *(sys.executable, "-B", "-m", "pytest", "-q", "-W", "error"),
            *(word for name in WITHOUT for word in ("-p", f"no:{name}")),
            *("-p", "report_recorder", "-o", "asyncio_test_timeout=5"),
            f"--basetemp={scratch / 'basetemp'}",
            *(f"{EXAMPLES}/{sample}" for sample in samples),
        ],
        cwd=project,
        env={
            **{name: text for name, text in environment.items() if "XDIST" not in name},
            RECORD_TO: str(record),
            "PYTHONPATH": str(ROOT / "tests"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    outcomes: dict[str, set[str]] = {}
    for line in record.read_text(encoding="utf-8").splitlines():
        phase = json.loads(line)
        function = phase["test"].partition("[")[0].removeprefix(f"{EXAMPLES}/")
        outcomes.setdefault(function, set()).add(phase["outcome"])
    for sample in samples:
        if f"ERROR {EXAMPLES}/{sample} - " in finished.stdout:  # in collecting it
            for name in names_of_tests(sample):
                outcomes[f"{sample}::{name}"] = {"not collected"}
    return outcomes


def assertions(text: str) -> list[str]:
    """Return what the tests of a module assert, in order."""
    return [
        ast.unparse(node)
        for function in ast.walk(ast.parse(text))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        and function.name.startswith("test_")
        for node in ast.walk(function)
        if isinstance(node, ast.Assert)
    ]
