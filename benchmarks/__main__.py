"""What the README says about time: `uv run python -m benchmarks` prints it.

Machines are shared and noisy, so what counts are ratios of things that were measured in
turns within one run. Each figure is the median of its repetitions; the spread is what
lies between the quickest and the slowest.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
BUDGET = 1.2  # copy with verification over bare copy plus bare pytest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9, help="repetitions (9)")
    repeat = parser.parse_args().repeat
    print(
        f"Python {platform.python_version()}, Copier {version('copier')}, "
        f"pytest {version('pytest')}, pytest-asyncio {version('pytest-asyncio')}, "
        f"{os.cpu_count()} CPUs, {repeat} repetitions"
    )
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


def in_turns(repeat: int, *actions: Callable[[], None]) -> Iterator[list[float]]:
    """Time some actions in turns, so that a slow moment of the machine hits them all.

    Yields:
        For each action its times, in seconds, in the order of the repetitions.
    """
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(repeat):
        for action, taken in zip(actions, times, strict=True):
            started = time.perf_counter()
            action()
            taken.append(time.perf_counter() - started)
    yield from times


def show(name: str, times: list[float]) -> None:
    """Print the times of one action."""
    middle = statistics.median(times)
    print(f"{name:40} {middle:6.2f} s  ({min(times):.2f} to {max(times):.2f})")


def run(*command: str, cwd: Path, **environment: str) -> None:
    """Run a program that is to succeed."""
    subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
