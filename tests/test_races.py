"""The explorer finds every known race, names it and has it again; it accuses no twin.

The corpus is in `tests/races`; `race_corpus.py` says how to read it. The modules run in
rendered projects, on virtual time: some races end in a deadlock, others need a clock.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from fault_runs import PYTEST, Run, run_pytest
from race_corpus import (
    IN_ASYNCIOS_ORDER,
    IN_EVERY_ORDER,
    Module,
    races,
    twins,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

OPTIONS = ("-p", "no:randomly", "-p", "no:xdist", "-o", "asyncio_virtual_clock=true")
REPLAYS = ("-m", "race_replays")
WANTED = 20  # races, at least, and replays of each before a release
SECONDS_TO_START = 20  # on a busy machine; then what does not end is killed
SECONDS_FOR_EACH = 10
MANY_ORDERS = [
    pytest.param({"runs": 2000, "seed": 1}, id="at-random"),
    pytest.param(
        {"mode": "systematic", "preemptions": 3, "runs": 2000}, id="systematically"
    ),
]


@pytest.fixture
def run_modules(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs modules in a rendered project."""

    def run(
        modules: Sequence[Module],
        *options: str,
        program: Sequence[str] = PYTEST,
        marker: dict[str, object] | None = None,
        **environment: str,
    ) -> Run:
        project = without_samples(tmp_path / "project")
        for module in modules:
            text = module.as_tests(**(marker or {}))
            (project / "tests" / module.file_name).write_text(text, encoding="utf-8")
        patience = SECONDS_TO_START + SECONDS_FOR_EACH * len(modules)
        words = (*OPTIONS, *options)
        return run_pytest(project, patience, *words, program=program, **environment)

    return run


def report_of(race: Module, run: Run) -> str:
    """Return what a run says of a race; nothing if it was not found."""
    phases = run.failed_phases(f"{race.file_name}::{IN_EVERY_ORDER}")
    return "\n".join(phase.text for phase in phases)


def token_in(report: str) -> str:
    """Return the token that a report ends with; nothing if there is none."""
    return "".join(
        re.findall(r"^  pytest --asyncio-replay (\w+)$", report, re.MULTILINE)
    )


def steps_in(report: str) -> str:
    """Return the steps of a report, without the numbers of the tasks."""
    _, _, steps = report.partition("\nThe steps, ")
    return re.sub(r"Task-\d+", "Task", steps)


def conflict_in(report: str) -> str:
    """Return the part that names the conflict; all of a report about a deadlock."""
    _, _, conflict = report.partition("\nWhat decides is ")
    return report if "[hang]" in report else conflict.partition("\nThe steps, ")[0]


def complaints(race: Module, run: Run) -> list[str]:
    """Return all that a run of a race did not do as it must."""
    report = report_of(race, run)
    conflict = conflict_in(report)
    wrong: list[str] = []
    if run.outcome(f"{race.file_name}::{IN_ASYNCIOS_ORDER}") != "passed":
        wrong.append("it must pass in asyncio's own order")
    if run.outcome(f"{race.file_name}::{IN_EVERY_ORDER}") != "failed":
        wrong.append("it must be found")
    if not token_in(report):
        wrong.append("its report lacks a token")
    if not any(re.search(rf"{place}\b", conflict) for place in race.places):
        wrong.append(f"its report names none of {race.places}")
    if sum(f"({task})" in conflict for task in race.tasks) < 2:
        wrong.append(f"its report does not name two of {race.tasks}")
    return [f"{race.name}: {each}" for each in wrong]


def test_the_corpus_has_races_and_their_twins() -> None:
    """What has no twin would be found by accusing everything."""
    assert len(races()) >= WANTED
    assert [twin.name for twin in twins()] == [race.name for race in races()]
    assert [race.name for race in races() if not race.places] == []
    assert [twin.name for twin in twins() if twin.places] == []


def test_every_race_is_found_and_named_and_had_again(
    run_modules: Callable[..., Run],
) -> None:
    """With the defaults, though it passes in the order that asyncio runs it in."""
    found = run_modules(races())

    wrong = [each for race in races() for each in complaints(race, found)]
    assert not wrong, "\n".join([*wrong, found.printed])
    reports = {race.file_name: report_of(race, found) for race in races()}

    tokens = [f"tests/{name}={token_in(reports[name])}" for name in reports]
    again = run_modules(races(), *tokens, program=REPLAYS)

    assert len(again.phases) == len(reports), again.printed
    for race in races():
        report = report_of(race, again)
        assert steps_in(report) == steps_in(reports[race.file_name]), again.printed


def test_no_twin_is_accused(run_modules: Callable[..., Run]) -> None:
    """Nobody runs again what cries wolf."""
    run = run_modules(twins())

    assert len(run.phases) == 2 * len(twins()), run.printed
    assert set(map(run.outcome, run.phases)) == {"passed"}, run.printed


@pytest.mark.release
@pytest.mark.parametrize("marker", MANY_ORDERS)
@pytest.mark.parametrize("twin", twins(), ids=lambda twin: twin.name)
def test_in_many_orders_no_twin_is_accused(
    run_modules: Callable[..., Run], twin: Module, marker: dict[str, object]
) -> None:
    """A rare order is as good a reason as any."""
    run = run_modules([twin], marker=marker)

    assert len(run.phases) == 2, run.printed
    assert set(map(run.outcome, run.phases)) == {"passed"}, run.printed


@pytest.mark.release
@pytest.mark.parametrize("race", races(), ids=lambda race: race.name)
def test_a_token_replays_every_time(
    run_modules: Callable[..., Run], race: Module
) -> None:
    """In a new process each time, where sets have another order."""
    report = report_of(race, run_modules([race]))

    for _ in range(WANTED):
        seed = str(int.from_bytes(os.urandom(4), "big"))
        options = ("--asyncio-replay", token_in(report))
        again = run_modules([race], *options, PYTHONHASHSEED=seed)

        assert steps_in(report_of(race, again)) == steps_in(report), again.printed
