"""What adoption costs in a large repository: `uv run python -m benchmarks.adopt_speed`.

It adopts a generated repository of 10 files and one of 10,000, in turns, with the
rendered suite verified. The repositories have no environment of their own, so their own
tests are not collected: what that takes is up to them, and left aside. The suite is run
by an isolated environment, made once before anything is measured.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import begin, in_turns, run, show
from benchmarks.working_tree import commit_everything, git, tagged_clone

BUDGET = 1.5  # adopting 10,000 files over adopting 10
SIZES = (10, 10_000)
PYPROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.10"

[dependency-groups]
dev = ["pytest>=8.4"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""
MODULE = '''\
"""Module {number}."""


def price_{number}(amount: int) -> int:
    """Return the price of some of it."""
    return amount * {number}
'''
TEST = '''\
"""Tests of module {number}."""


def test_price_{number}() -> None:
    assert {number} * 2 == {number} + {number}
'''


def main() -> None:
    """Measure and print."""
    repeat = begin(__doc__, 7, "Copier")
    with tempfile.TemporaryDirectory() as scratch:
        benchmark(Path(scratch), repeat)


def benchmark(scratch: Path, repeat: int) -> None:
    """Adopt a small and a large repository, and compare."""
    template = tagged_clone(scratch / "template")
    small, large = (generated(scratch / f"files-{size}", size) for size in SIZES)
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    warm = {"ASYNCIO_TESTING_CACHE": str(scratch / "cache")}

    def adopt(repository: Path, *words: str) -> None:
        run(*command, *words, str(template), str(repository), cwd=scratch, **warm)

    adopt(small, "--trust")
    # What is measured starts from a restored tree, and restoring is not measured.
    _, small_bare, _, large_bare, _, small_all, _, large_all = in_turns(
        repeat,
        lambda: restore(small),
        lambda: adopt(small, "--skip-tasks"),
        lambda: restore(large),
        lambda: adopt(large, "--skip-tasks"),
        lambda: restore(small),
        lambda: adopt(small, "--trust"),
        lambda: restore(large),
        lambda: adopt(large, "--trust"),
    )
    show(f"render into {SIZES[0]:,} files", small_bare)
    show(f"render into {SIZES[1]:,} files", large_bare)
    show(f"adopt {SIZES[0]:,} files, verified", small_all)
    show(f"adopt {SIZES[1]:,} files, verified", large_all)
    ratios = [b / a for a, b in zip(small_all, large_all, strict=True)]
    print(
        f"{SIZES[1]:,} / {SIZES[0]:,} files: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f}), at most {BUDGET} wanted"
    )


def restore(repository: Path) -> None:
    """Take the last adoption back, in the way that adoption names."""
    git(repository, "checkout", "--quiet", ".")
    git(repository, "clean", "--quiet", "-fd")


def generated(place: Path, size: int) -> Path:
    """Make a repository of so many files and commit it.

    Of a hundred files, some 50 are modules in packages up to five directories deep, 30
    are tests, and 20 are data.
    """
    place.mkdir()
    (place / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (place / "README.md").write_text("# Shop\n", encoding="utf-8")
    for number in range(size - 2):
        path = place / file_name(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = TEST if path.name.startswith("test_") else MODULE
        if path.suffix == ".json":
            text = '{{"number": {number}}}\n' * 50
        path.write_text(text.format(number=number), encoding="utf-8")
    commit_everything(place)
    return place


def file_name(number: int) -> str:
    """Return where a file goes: some 20 to a directory, of which some are deep."""
    place, kind = divmod(number, 20)
    deep = "/".join(f"part_{place // 5**level % 5}" for level in range(place % 4))
    below = f"{deep}/area_{place}" if deep else f"area_{place}"
    if kind < 10:
        return f"src/shop/{below}/{'__init__' if kind == 0 else f'module_{kind}'}.py"
    if kind < 16:
        return f"tests/{below}/test_{number}.py"
    return f"data/{below}/{number}.json"


if __name__ == "__main__":
    main()
