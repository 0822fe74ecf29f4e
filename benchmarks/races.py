"""Who finds known races: `uv run python -m benchmarks.races [NAME...]` prints it.

Each race of `tests/races`, and each twin that has none, is given to the explorer of the
rendered suite, to detangle and to frontrun, with the same limits. What counts is the
number of orders until it is found, and the seconds until the report is there: shrinking
and confirming included, as far as a tool does so, and starting Python left out. Those
that draw orders do so with several seeds; a figure is the median of them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import copier

from benchmarks.working_tree import ROOT, tagged_clone

sys.path.insert(0, str(ROOT / "tests"))  # where the corpus is

from race_corpus import IN_EVERY_ORDER, Module, races, twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PYTHON = "3.12"
PACKAGES = ("detangle==0.1.0", "frontrun==0.7.0", "pytest", "pytest-asyncio")
TOOLS = ("ours", "detangle", "frontrun", "frontrun at random")
SYSTEMATIC = "frontrun"  # draws nothing, so that once is enough
PATIENCE = 300  # seconds after which a tool is killed
_VERSIONS = """\
import platform
from importlib.metadata import version
names = "detangle", "frontrun", "pytest", "pytest-asyncio"
versions = [f"{name} {version(name)}" for name in names]
print(f"Python {platform.python_version()}", *versions, sep=", ")
"""


class Trial(NamedTuple):
    """What came of looking once.

    Attributes:
        is_race: Whether the tool says so; None if it could not tell.
        orders: How many it has tried.
        seconds: What it took.
    """

    is_race: bool | None
    orders: int
    seconds: float


class Trials(NamedTuple):
    """What came of looking for the same with the same tool, with several seeds."""

    of: Sequence[Trial]

    @property
    def found(self) -> list[Trial]:
        """Those in which it says that there is a race."""
        return [each for each in self.of if each.is_race]

    def __str__(self) -> str:
        """Return the median of what it took; or in how many it says so."""
        if len(self.found) < len(self.of):
            could_tell = any(each.is_race is not None for each in self.of)
            missed = "missed" if could_tell else "cannot tell"
            return f"{len(self.found)} of {len(self.of)}" if self.found else missed
        orders = statistics.median(each.orders for each in self.found)
        seconds = statistics.median(each.seconds for each in self.found)
        return f"{orders:4.0f} {seconds:6.2f} s"


def main() -> None:
    """Look for all of them with each tool, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of races; else all")
    parser.add_argument("--seeds", type=int, default=3, help="how many (3)")
    parser.add_argument("--orders", type=int, default=1000, help="the most (1000)")
    parser.add_argument("--seconds", type=float, default=10, help="the most (10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), options)
        print(bench.head(), flush=True)
        compare(bench, options.names)


class Bench:
    """An environment with all tools, and a rendered project for ours."""

    def __init__(self, scratch: Path, options: argparse.Namespace) -> None:
        """Make both.

        Args:
            scratch: An empty directory.
            options: What the command line says.
        """
        self._options = options
        self._python = scratch / "environment" / "bin" / "python"
        self._project = scratch / "project"
        _run("uv", "venv", "-q", "--python", PYTHON, str(self._python.parents[1]))
        _run("uv", "pip", "install", "-q", "--python", str(self._python), *PACKAGES)
        copier.run_copy(
            str(tagged_clone(scratch / "template")),
            self._project,
            defaults=True,
            unsafe=True,
            skip_tasks=True,
            quiet=True,
        )
        shutil.rmtree(self._project / "tests" / "asyncio_examples")

    def head(self) -> str:
        """Return what the figures are of."""
        given = self._options
        limits = f"at most {given.orders} orders and {given.seconds:.0f} s each"
        versions = _run(str(self._python), "-c", _VERSIONS).strip()
        return f"{versions}, {os.cpu_count()} CPUs, {given.seeds} seeds, {limits}"

    def look(self, tool: str, module: Module) -> Trials:
        """Look for a race with a tool, with each seed."""
        seeds = range(1 if tool == SYSTEMATIC else self._options.seeds)
        return Trials([self._look(tool, module, seed) for seed in seeds])

    def _look(self, tool: str, module: Module, seed: int) -> Trial:
        limits = (str(self._options.orders), str(self._options.seconds), str(seed))
        place = str(module.path)
        if tool == TOOLS[0]:
            test = self._project / "tests" / module.file_name
            text = module.as_tests(runs=self._options.orders, seed=seed)
            test.write_text(text, encoding="utf-8")
            place = f"{test}::{IN_EVERY_ORDER}"
        program = str(Path(__file__).with_name("race_tools.py"))
        command = (str(self._python), program, tool, place, *limits)
        try:
            printed = _run(*command, cwd=self._project)
        except subprocess.TimeoutExpired:
            return Trial(None, 0, self._options.seconds)
        return Trial(*json.loads(printed.splitlines()[-1]))


def compare(bench: Bench, names: Sequence[str]) -> None:
    """Print a line for each race, and then what comes of all of them."""
    chosen = [each for each in races() if not names or each.name in names]
    print(row("", TOOLS), flush=True)
    results: list[list[Trials]] = []
    for race in chosen:
        results.append([bench.look(tool, race) for tool in TOOLS])
        print(row(race.name, map(str, results[-1])), flush=True)
    print(row("twins", [""] * len(TOOLS)), flush=True)
    known = {race.name for race in chosen}
    of_twins: list[list[Trials]] = []
    for twin in twins():
        if twin.name in known:
            of_twins.append([bench.look(tool, twin) for tool in TOOLS])
            print(row(twin.name, map(verdict, of_twins[-1])), flush=True)
    for line in summary(results, of_twins):
        print(line)


def verdict(trials: Trials) -> str:
    """Return what a tool says of a twin: nothing, if it is right."""
    if trials.found:
        return f"accused, {len(trials.found)} of {len(trials.of)}"
    undecided = sum(each.is_race is None for each in trials.of)
    return f"cannot tell, {undecided} of {len(trials.of)}" if undecided else ""


def summary(
    found: Sequence[Sequence[Trials]], twins_: Sequence[Sequence[Trials]]
) -> Iterator[str]:
    """Say what each tool did with all races, and with all twins."""
    columns = list(zip(*found, strict=True))
    yield row("found with every seed", map(found_in_all, columns))
    yield row("median of all that found", map(median_of, columns))
    of_twins = list(zip(*twins_, strict=True))
    yield row("twins accused", (str(sum(bool(t.found) for t in c)) for c in of_twins))
    yield row("twins it cannot tell of", map(undecided_in, of_twins))


def found_in_all(column: Sequence[Trials]) -> str:
    """Return how many races a tool has found with all seeds."""
    number = sum(len(trials.found) == len(trials.of) for trials in column)
    return f"{number} of {len(column)}"


def median_of(column: Sequence[Trials]) -> str:
    """Return the median of what a tool took for the races that it found."""
    return str(Trials([trial for trials in column for trial in trials.found]))


def undecided_in(column: Sequence[Trials]) -> str:
    """Return of how many twins a tool could not tell whether they race."""
    number = sum(any(t.is_race is None for t in trials.of) for trials in column)
    return str(number)


def row(name: str, cells: Iterable[str]) -> str:
    """Return a line of the table."""
    return f"{name:38}" + "".join(f"{cell:>20}" for cell in cells)


def _run(*command: str, cwd: Path | None = None) -> str:
    """Run a program that is to succeed, and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    finished = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        check=True,
        timeout=PATIENCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return finished.stdout


if __name__ == "__main__":
    main()
