"""What the README says about time: `uv run python -m benchmarks` prints it.

Machines are shared and noisy, so what counts are ratios of things that were measured in
turns within one run. Each figure is the median of its repetitions; the spread is what
lies between the quickest and the slowest.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import begin, in_turns, run, show

ROOT = Path(__file__).resolve().parent.parent
BUDGET = 1.2  # copy with verification over bare copy plus bare pytest


def main() -> None:
    """Measure and print."""
    repeat = begin(__doc__, 9, "Copier", "pytest", "pytest-asyncio")
    with tempfile.TemporaryDirectory() as scratch:
        benchmark_copy(Path(scratch), repeat)


def benchmark_copy(scratch: Path, repeat: int) -> None:
    """Compare a verified copy with a bare copy and a bare run of the same suite."""
    template = scratch / "template"
    run("git", "clone", "--quiet", str(ROOT), str(template), cwd=scratch)
    targets = (scratch / f"project-{number}" for number in range(10_000))
    bare = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    bare += ["--vcs-ref=HEAD", str(template)]
    verified = [*bare[:4], "--trust", *bare[4:]]
    project = next(targets)
    warm = {"ASYNCIO_TESTING_CACHE": str(scratch / "warm")}
    run(*verified, str(project), cwd=scratch, **warm)
    (python,) = (scratch / "warm" / "environments").glob("*/bin/python")

    def copy_bare() -> None:
        run(*bare, "--skip-tasks", str(next(targets)), cwd=scratch)

    def copy_verified() -> None:
        run(*verified, str(next(targets)), cwd=scratch, **warm)

    def copy_cold() -> None:
        cold = str(next(targets))
        run(*verified, cold + "-new", cwd=scratch, ASYNCIO_TESTING_CACHE=cold)

    def pytest_bare() -> None:
        run(str(python), "-m", "pytest", "-q", cwd=project)

    copy, suite, both = in_turns(repeat, copy_bare, pytest_bare, copy_verified)
    (cold,) = in_turns(3, copy_cold)
    show("copier copy --skip-tasks", copy)
    show("pytest", suite)
    show("copier copy, verified", both)
    show("copier copy, verified, nothing cached", cold)
    ratios = [c / (a + b) for a, b, c in zip(copy, suite, both, strict=True)]
    ratio = statistics.median(ratios)
    print(
        f"verified / (bare copy + bare pytest): {ratio:.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f}), at most {BUDGET} wanted"
    )


if __name__ == "__main__":
    main()
