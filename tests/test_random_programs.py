"""Random programs: the net is silent on those that are right, and finds what is wrong.

Each run of pytest has a hundred programs or more as its tests. What fails is made as
small as it gets, all candidates of a round in one run, and then shown.
`RANDOM_PROGRAMS=2000` in the environment says how many to try, other ones every time.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from alarm_suites import NET
from fault_runs import run_pytest
from random_programs import (
    correct_programs,
    fault_of,
    faulty_programs,
    module_of,
    smaller,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from fault_runs import Run
    from random_programs import Program

    # Returns what is wrong with each program; empty if nothing is.
    Runner = Callable[[Sequence[Program]], list[str]]

ASKED = os.environ.get("RANDOM_PROGRAMS")
CORRECT = int(ASKED or 200)
FAULTY = int(ASKED or 200) * 3 // 10
AT_ONCE = 200  # programs in one run of pytest
SECONDS_TO_START, SECONDS_FOR_EACH = 30, 2  # on a busy machine; then it is killed
ROUNDS = 20  # of making a failing program smaller
# What hangs in a part of the program that has a timer is found by the limit alone.
OPTIONS = ("-p", "no:randomly", "-p", "no:xdist", "-o", "asyncio_test_timeout=4")
SYNC_ONES = 5  # each fifth correct program runs its own loop in a sync test


@pytest.fixture
def verdicts(without_samples: Callable[[Path], Path], tmp_path: Path) -> Runner:
    """Return a function that runs programs, and says what is wrong with each."""
    runs = count(1)

    def verdicts(programs: Sequence[Program]) -> list[str]:
        project = without_samples(tmp_path / f"run_{next(runs)}")
        tests = [
            text_of(each, f"test_{number}", is_sync=_is_sync(each, number))
            for number, each in enumerate(programs)
        ]
        module = project / "tests" / "test_random.py"
        module.write_text(module_of(tests), encoding="utf-8")
        patience = SECONDS_TO_START + SECONDS_FOR_EACH * len(programs)
        run = run_pytest(project, patience, "-W", "error", *OPTIONS)
        lines = module.read_text(encoding="utf-8").splitlines()
        return [
            _wrong(each, f"{module.name}::test_{number}", run, lines)
            for number, each in enumerate(programs)
        ]

    return verdicts


def _is_sync(program: Program, number: int) -> bool:
    return not fault_of(program) and number % SYNC_ONES == SYNC_ONES - 1


def _wrong(program: Program, test: str, run: Run, lines: Sequence[str]) -> str:
    """Return what is wrong with the outcome of a program."""
    texts = "\n".join(phase.text for phase in run.phases.get(test, []))
    outcome, check = run.outcome(test), fault_of(program)
    if not check:
        is_silent = outcome == "passed" and NET not in texts
        return "" if is_silent else f"it is {outcome}\n{texts}"
    name = test.rpartition("::")[2]
    start = lines.index(f"async def {name}():")
    guilty = next(
        number
        for number, line in enumerate(lines[start:], start=start + 1)
        if line.endswith("# guilty")
    )
    wanted = [f"[{check}]", f"test_random.py:{guilty} "]
    lacking = [each for each in wanted if each not in texts]
    if outcome != "failed":
        return f"it is {outcome}, and not found to have {check}\n{texts}"
    return f"its report lacks {lacking}\n{texts}" if lacking else ""


def generated(strategy: SearchStrategy[Program], number: int) -> list[Program]:
    """Have Hypothesis make some programs."""
    made: list[Program] = []

    @settings(
        max_examples=number,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(program: Program) -> None:
        made.append(program)

    collect()
    return made


def assert_all_right(programs: Sequence[Program], verdicts: Runner) -> None:
    """Fail with the smallest program that comes of one for which the net is wrong."""
    for start in range(0, len(programs), AT_ONCE):
        batch = programs[start : start + AT_ONCE]
        wrong = [
            (each, why) for each, why in zip(batch, verdicts(batch), strict=True) if why
        ]
        if wrong:
            pytest.fail(_described(*_smallest(*wrong[0], verdicts), len(wrong)))


def _smallest(program: Program, why: str, verdicts: Runner) -> tuple[Program, str]:
    for _ in range(ROUNDS):
        candidates = sorted(smaller(program), key=_size)
        found = zip(candidates, verdicts(candidates), strict=True)
        still = [(each, reason) for each, reason in found if reason]
        if not still:
            break
        program, why = still[0]
    return program, why


def _size(program: Program) -> int:
    return sum(step.size() for step in program)


def _described(program: Program, why: str, number: int) -> str:
    text = module_of([text_of(program, "test_it")])
    return f"{number} programs, of which one comes down to:\n\n{text}\n{why}"


def test_correct_programs_pass_in_silence(verdicts: Runner) -> None:
    """A net that cries wolf would be switched off."""
    assert_all_right(generated(correct_programs, CORRECT), verdicts)


def test_one_fault_anywhere_is_found(verdicts: Runner) -> None:
    """With its check and its line, whatever is around it."""
    assert_all_right(generated(faulty_programs(), FAULTY), verdicts)
