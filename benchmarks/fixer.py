"""What the fixer costs: `uv run python -m benchmarks.fixer PATH`, with a tree of tests.

It looks for what it finds by default, in turns with ruff, on the tree as it is: with
nothing remembered, and again on what has not changed. How flake8 with flake8-async does
is measured on a sample of the test files, if it is installed: the whole tree takes it
half an hour. Last, half of the files tell whether twice as many take twice the time.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.timing import in_turns, show

ROOT = Path(__file__).resolve().parent.parent
COLD_BUDGET = 8  # times ruff without a cache
WARM_BUDGET = 4  # times ruff with a warm cache
FLAKE8_BUDGET = 100  # times as fast as flake8-async, at least
MEMORY_BUDGET = 300  # MB, of any one process
SAMPLE = 10  # test files for flake8


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="a tree of at least 2,000 test files")
    parser.add_argument("--repeat", type=int, default=5, help="repetitions (5)")
    arguments = parser.parse_args()
    tree = arguments.path.resolve()
    files = [path for path in tree.rglob("*.py") if path.is_file()]
    tests = [path for path in files if path.name.startswith("test_")]
    print(
        f"Python {platform.python_version()}, ruff {version('ruff')}, "
        f"{os.cpu_count()} CPUs, {arguments.repeat} repetitions, "
        f"{len(files)} files, {len(tests)} of them test_*.py"
    )
    with tempfile.TemporaryDirectory() as scratch:
        script = rendered_script(Path(scratch))
        measure(script, tree, tests, Path(scratch), arguments.repeat)


def rendered_script(scratch: Path) -> Path:
    """Return the script as users get it: rendered."""
    template, project = scratch / "template", scratch / "project"
    used = shutil.ignore_patterns(".git", ".venv", ".nox", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, template, ignore=used)
    copier = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    run_quietly([*copier, "--skip-tasks", str(template), str(project)], scratch)
    return project / "scripts" / "fix_pytest_asyncio_imports.py"


def measure(
    script: Path, tree: Path, tests: list[Path], scratch: Path, repeat: int
) -> None:
    """Time all of it, and print each figure with what is wanted of it."""
    fixer = [sys.executable, str(script), "--check", "--statistics"]
    ruff = ["ruff", "check", "--isolated", "--quiet", "--select", "ASYNC,PT"]
    caches = {"FIX_PYTEST_ASYNCIO_CACHE": str(scratch / "found")}
    warm_ruff = [*ruff, "--cache-dir", str(scratch / "ruff"), str(tree)]
    cold, ruff_cold = in_turns(
        repeat,
        lambda: run_quietly([*fixer, "--no-cache", str(tree)], scratch),
        lambda: run_quietly([*ruff, "--no-cache", str(tree)], scratch),
    )
    run_quietly([*fixer, str(tree)], scratch, **caches)
    run_quietly(warm_ruff, scratch)
    warm, ruff_warm = in_turns(
        repeat,
        lambda: run_quietly([*fixer, str(tree)], scratch, **caches),
        lambda: run_quietly(warm_ruff, scratch),
    )
    show("fixer, nothing remembered", cold)
    show("ruff, no cache", ruff_cold)
    show("fixer, again", warm)
    show("ruff, again", ruff_warm)
    tell("cold / ruff cold", cold, ruff_cold, f"at most {COLD_BUDGET} wanted")
    tell("warm / ruff warm", warm, ruff_warm, f"at most {WARM_BUDGET} wanted")
    compare_with_flake8(statistics.median(cold), tree, tests, scratch)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"most memory of one process: {memory:.0f} MB, {MEMORY_BUDGET} at most wanted"
    )
    measure_growth(fixer, tests, scratch)


def tell(name: str, times: list[float], others: list[float], wanted: str) -> None:
    """Print the ratio of times that were taken in turns."""
    ratios = [one / other for one, other in zip(times, others, strict=True)]
    middle = statistics.median(ratios)
    spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
    print(f"{name}: {middle:.1f} {spread}, {wanted}")


def compare_with_flake8(
    cold: float, tree: Path, tests: list[Path], scratch: Path
) -> None:
    """Print how many times faster the fixer is, by the time that a file takes."""
    if not all(map(importlib.util.find_spec, ("flake8", "flake8_async"))):
        print("flake8-async is missing: `uv run --with flake8 --with flake8-async ...`")
        return
    sample = random.Random(0).sample(tests, SAMPLE)  # noqa: S311 - the same each time
    flake8 = [sys.executable, "-m", "flake8", "--isolated", "--select", "ASYNC"]
    started = time.perf_counter()
    run_quietly([*flake8, *map(str, sample)], scratch)
    theirs = (time.perf_counter() - started) / SAMPLE
    ours = cold / sum(1 for _ in tree.rglob("*.py"))
    print(
        f"flake8-async / fixer, a file: {theirs / ours:.0f}, "
        f"at least {FLAKE8_BUDGET} wanted"
    )


def measure_growth(fixer: list[str], tests: list[Path], scratch: Path) -> None:
    """Print how much longer twice as many files take: copies, beside each other."""
    half, whole = scratch / "half", scratch / "whole"
    for directory, numbers in ((half, (0,)), (whole, (0, 1))):
        for number in numbers:
            for index, path in enumerate(tests[:1000]):
                target = directory / f"part_{number}" / f"area_{index % 50}"
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target / f"test_{index}.py")
    smaller, larger = in_turns(
        3,
        lambda: run_quietly([*fixer, "--no-cache", str(half)], scratch),
        lambda: run_quietly([*fixer, "--no-cache", str(whole)], scratch),
    )
    tell("twice the files", larger, smaller, "about 2 wanted")


def run_quietly(command: list[str], cwd: Path, **environment: str) -> None:
    """Run a program; what it finds is no failure."""
    subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
