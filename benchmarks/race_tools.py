"""Looks for one race with one tool, and prints what came of it: `races.py` starts it.

It runs in an environment of its own, which has the tools and nothing of this
repository. Each is given the same limits; all else is as its documentation has it:
detangle with its portfolio of strategies, frontrun by partial order reduction on
virtual time, which it wants for deadlocks, and at random.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import re
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

_ORDERS_OF_OURS = re.compile(r"(?:order number|passed in|passed in all) (\d+)")


class Limits(NamedTuple):
    """What a tool may use.

    Attributes:
        orders: The most that it may try.
        seconds: After how many it is to give up.
        seed: What it draws from, if it draws at all.
    """

    orders: int
    seconds: float
    seed: int


class Found(NamedTuple):
    """What came of it.

    Attributes:
        is_race: Whether the tool says so; None if it could not tell.
        orders: How many it has tried.
        seconds: What it took, until there was a report.
    """

    is_race: bool | None
    orders: int
    seconds: float


def main() -> None:
    """Look for the race that the command line names."""
    tool, path, orders, seconds, seed = sys.argv[1:]
    limits = Limits(int(orders), float(seconds), int(seed))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    print(json.dumps(TOOLS[tool](Path(path), limits)))


def ours(path: Path, _limits: Limits) -> Found:
    """Run a test module of a rendered project, whose marker has the limits."""
    reports = _Reports()
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:detangle", "-p", "no:frontrun"]
    words += ["-o", "asyncio_virtual_clock=true", str(path)]
    import_module("pytest").main(words, [reports])
    told = _ORDERS_OF_OURS.search(reports.text)
    assert told is not None, reports.text
    return Found(reports.has_failed, int(told[1]), reports.seconds)


class _Reports:
    """What pytest says of a test, taken down by a plugin of it."""

    def __init__(self) -> None:
        self.text = ""
        self.seconds = 0.0
        self.has_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.text += "\n".join([report.longreprtext, *dict(report.sections).values()])
        self.seconds += report.duration
        self.has_failed |= report.failed


def by_detangle(path: Path, limits: Limits) -> Found:
    """Explore the race as a coroutine function."""
    detangle = import_module("detangle")

    race = _load(path)

    async def run() -> None:
        state = race.begin()
        await asyncio.gather(*(task(state) for task in race.TASKS))
        race.check(state)

    started = time.perf_counter()
    try:
        stats = detangle.explore(
            run,
            runs=limits.orders,
            max_duration=limits.seconds,
            seed=limits.seed,
            database=False,
        )
    except detangle.BugFound as bug:
        is_race, orders = True, bug.report.runs
    else:
        is_race, orders = False, stats.runs
    return Found(is_race, orders, time.perf_counter() - started)


def by_frontrun(path: Path, limits: Limits) -> Found:
    """Explore the race systematically: state, workers and invariant."""
    return _frontrun(
        path, limits, max_executions=limits.orders, strategy="dpor", clock="virtual"
    )


def by_frontrun_at_random(path: Path, limits: Limits) -> Found:
    """Draw orders of the same."""
    return _frontrun(
        path, limits, max_attempts=limits.orders, strategy="random", seed=limits.seed
    )


def _frontrun(path: Path, limits: Limits, **options: object) -> Found:
    frontrun = import_module("frontrun")

    race = _load(path)

    def holds(state: object) -> bool:
        race.check(state)
        return True

    async def explore() -> Found:
        started = time.perf_counter()
        result = await frontrun.explore(
            setup=race.begin,
            workers=[*race.TASKS],
            invariant=holds,
            total_timeout=limits.seconds,
            **options,
        )
        is_race = None if result.property_holds is None else not result.property_holds
        seconds = time.perf_counter() - started
        return Found(is_race, result.num_explored, seconds)

    return asyncio.run(explore())


def _load(path: Path) -> ModuleType:
    """Import a module of the corpus."""
    spec = importlib.util.spec_from_file_location("race", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = sys.modules["race"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOLS = {
    "ours": ours,
    "detangle": by_detangle,
    "frontrun": by_frontrun,
    "frontrun at random": by_frontrun_at_random,
}


if __name__ == "__main__":
    main()
