"""Runs random programs about time in both worlds, and tells which of them differ."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fault_runs import run_pytest
from timed_run import STUCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fault_runs import Run
    from timed_run import Body, Happening

    Story = list[Happening]

SCRIPT = Path(__file__).with_name("timed_script.py")
# In seconds: where the virtual story is another one, the real loop gets more and more
# time before it is believed, as it is late on a busy machine.
REAL_SLOTS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1)
SECONDS_TO_START, SECONDS_FOR_EACH = 30, 0.5  # on a busy machine; then it is killed
# Tasks that others end, and errors that nobody sees, are part of the programs.
CHECKS = "asyncio_checks=all: off\nhang: fail"
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
OPTIONS = ("-q", "--tb=line", "-W", "ignore", "-o", CHECKS, *ALONE)
DEADLOCK = "can never end: under the virtual clock"

# Virtual slots are no binary fractions: what adding them up loses must not matter.
SUITE = """\
import json
from pathlib import Path

import pytest

from timed_steps import AllSteps

PROGRAMS = json.loads(Path("programs.json").read_bytes())


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
async def test_it(number, virtual_clock):
    run = AllSteps(0.1)
    try:
        await run.run(PROGRAMS[number])
    finally:
        Path(f"{number}.json").write_text(json.dumps(run.happened))
"""


class Difference(NamedTuple):
    """A program, and what happens in it in each world."""

    body: Body
    virtual: Story
    real: Story

    def is_one(self) -> bool:
        """Tell whether the stories differ."""
        if self.virtual[-1] == STUCK == self.real[-1]:
            # The virtual one goes on with how its tasks were ended.
            return self.virtual[: len(self.real) - 1] != self.real[:-1]
        return self.virtual != self.real

    def __str__(self) -> str:
        """Show all of it."""
        return f"{json.dumps(self.body)}\nvirtual: {self.virtual}\nreal:    {self.real}"


def differing(bodies: Sequence[Body], rendered: Path, place: Path) -> list[Difference]:
    """Run programs in both worlds; return those that differ.

    Args:
        bodies: The programs.
        rendered: A project with the virtual clock.
        place: Where to run: a directory that does not exist yet.
    """
    virtual = virtual_stories(bodies, rendered, place)
    left = [
        Difference(body, story, []) for body, story in zip(bodies, virtual, strict=True)
    ]
    for seconds in REAL_SLOTS:
        real = real_stories([each.body for each in left], place, seconds)
        compared = zip(left, real, strict=True)
        left = [each._replace(real=story) for each, story in compared]
        left = [each for each in left if each.is_one()]
    return left


def virtual_stories(bodies: Sequence[Body], rendered: Path, place: Path) -> list[Story]:
    """Run each program in a test with a virtual clock."""
    left_out = shutil.ignore_patterns("asyncio_examples")
    shutil.copytree(rendered, place, ignore=left_out)
    (place / "tests" / "test_timed.py").write_text(SUITE, encoding="utf-8")
    (place / "programs.json").write_text(json.dumps(bodies), encoding="utf-8")
    patience = SECONDS_TO_START + SECONDS_FOR_EACH * len(bodies)
    run = run_pytest(place, patience, *OPTIONS)
    return [_story(run, place, number) for number in range(len(bodies))]


def _story(run: Run, place: Path, number: int) -> Story:
    test = f"test_timed.py::test_it[{number}]"
    texts = "\n".join(phase.text for phase in run.phases.get(test, []))
    told = place / f"{number}.json"
    assert told.exists(), f"{test} is {run.outcome(test)}\n{texts}\n{run.printed}"
    happened: Story = json.loads(told.read_bytes())
    if DEADLOCK in texts:
        return [*happened, STUCK]
    assert run.outcome(test) == "passed", texts
    return happened


def real_stories(bodies: Sequence[Body], place: Path, seconds: float) -> list[Story]:
    """Run each program on a real loop, with slots of some seconds."""
    given, told = place / "given.json", place / "told.json"
    given.write_text(json.dumps(bodies), encoding="utf-8")
    words = [str(SCRIPT), str(given), str(told), str(seconds)]
    subprocess.run([sys.executable, "-W", "ignore", *words], check=True)
    stories: list[Story] = json.loads(told.read_bytes())
    return stories
